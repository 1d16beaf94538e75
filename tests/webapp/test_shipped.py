"""What an installation ships is put in force in an order in which each bundle finds what it calls."""

from __future__ import annotations

from webapp.bootstrap import called_by, shipped


def test_each_process_comes_after_those_that_it_calls():
    folders = shipped()
    names = [folder.name for folder in folders]
    shared = [folder.parent.name == "shared" for folder in folders]
    assert len(names) == len(set(names)) and shared == sorted(shared, reverse=True)
    calls = {folder.name: called_by(folder) for folder in folders if folder.parent.name != "shared"}
    assert calls["recommendation"] == {"risk-assess"}
    for name, called in calls.items():
        assert all(names.index(one) < names.index(name) for one in called), name
