def test_prune_says_how_many_snapshots_went(app, client):
    client.post("/lessons/small-lesson", data={"w1": "3"})
    run = app.test_cli_runner()
    assert run.invoke(args=["prune"]).output == "0 snapshots deleted.\n"
    assert run.invoke(args=["prune", "--limit", "0"]).output == "2 snapshots deleted.\n"
