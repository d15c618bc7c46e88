def test_prune_says_how_many_snapshots_went(app, client, clock):
    client.post("/lessons/small-lesson", data={"w1": "3"})
    run = app.test_cli_runner()
    assert run.invoke(args=["prune"]).output == "0 snapshots deleted.\n"
    clock.pass_by(hours=2)
    assert run.invoke(args=["prune", "--limit", "0"]).output == "2 snapshots deleted.\n"
