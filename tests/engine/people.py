"""Who does something in the tests."""

from engine import Actor

OLGA = Actor("olga", groups={"process_owner"})
ANN = Actor("ann", groups={"csr"})
BEN = Actor("ben", groups={"csr"})
EVE = Actor("eve", groups={"pm"})
AMY = Actor("amy", groups={"aml"})
SUE = Actor("sue", groups={"supervisor"})
LEA = Actor("lea", groups={"supervisor", "csr"})
AUDREY = Actor("audrey", groups={"auditor"})
NOBODY = Actor("nobody")
