"""Puts bundles in force that the check would not let pass: what happens then has to be seen as well."""

from engine.bundles import normal_files, read_bundle
from engine.cases import configuring, deploying
from engine.cases.rolling import Reach


def deploy_unchecked(engine, files, by="olga"):
    """Put some files in force for all new cases, whatever is wrong with them."""
    bundle = read_bundle(normal_files(files))
    with engine.database.writing() as connection:
        configuration = configuring.in_force(engine.context, connection)
        return deploying.put_in_force(engine.context, connection, bundle, Reach(), configuration, by, "")
