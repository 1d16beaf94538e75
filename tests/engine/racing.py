"""Commands that run at once, and what they came to."""

import threading

ROUNDS = 5


def race(*commands):
    """Run commands in threads that begin together; what each came to, a result or an exception."""
    found, barrier = [None] * len(commands), threading.Barrier(len(commands))

    def run(number, command):
        barrier.wait(20)
        try:
            found[number] = command()
        except Exception as error:
            found[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(commands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return found


def losers(found):
    return [one for one in found if isinstance(one, Exception)]


def sound(engine, *cases):
    for case_id in cases:
        assert engine.verify(case_id).problems == ()
        assert engine.replay(case_id).equal
