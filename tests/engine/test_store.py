def test_x(engine):
    assert engine.deployments() == []
def test_y(engine):
    assert engine.deployments() == []
