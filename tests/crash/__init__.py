"""What the engine stands: processes killed, disks full, clocks moved, databases restarted, workers frozen, a server lost."""

import pytest

pytest.register_assert_rewrite(f"{__name__}.judging", f"{__name__}.works")
