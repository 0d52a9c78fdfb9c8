"""Every fuzz target is run, within its limits, and what it finds makes the command fail."""

import tomllib
from pathlib import Path

import pytest

from gates import fuzz

SAID = """#8191 DONE cov: 10 ft: 12
stat::number_of_executed_units: 8191
stat::average_exec_per_sec:     512
stat::peak_rss_mb:              77
"""


def test_every_target_is_built() -> None:
    manifest = tomllib.loads((fuzz.CRATE / "Cargo.toml").read_text("utf-8"))

    assert fuzz.targets() == sorted(one["name"] for one in manifest["bin"])
    assert {f"fuzz_targets/{name}.rs" for name in fuzz.targets()} == {one["path"] for one in manifest["bin"]}


def test_a_run_is_held_to_its_time_and_memory() -> None:
    words = fuzz.command("names", 30)

    assert {"-max_total_time=30", "-rss_limit_mb=2048", "-malloc_limit_mb=256", "-timeout=10"} <= set(words)


def test_a_run_begins_with_the_seeds_where_there_are_some() -> None:
    seeds = fuzz.CRATE / "seeds"

    assert {folder.name for folder in seeds.iterdir()} <= set(fuzz.targets())
    assert str(seeds / "names") in fuzz.command("names", 30)
    assert str(seeds / "fields") not in fuzz.command("fields", 30)


def test_the_figures_are_the_fuzzers_own() -> None:
    assert "ok     names                   8,191 runs, 77 MiB at most" == str(fuzz.judge("names", 0, SAID))


@pytest.mark.parametrize(("code", "said"), [(77, SAID), (0, ""), (0, SAID.replace("8191", "0"))])
def test_a_finding_and_a_run_that_was_none_fail(code: int, said: str) -> None:
    assert not fuzz.judge("names", code, said).passed


def test_what_was_found_is_shown_and_decides(capsys: pytest.CaptureFixture[str]) -> None:
    found = fuzz.judge("names", 77, "Test unit written to target/fuzz/found/names-crash-1\n")

    assert 1 == fuzz.finish(iter([fuzz.judge("policy", 0, SAID), found]))
    assert "names-crash-1" in capsys.readouterr().out
    assert 0 == fuzz.finish(iter([fuzz.judge("policy", 0, SAID)]))


def test_an_unknown_target_is_named_with_the_known_ones() -> None:
    with pytest.raises(SystemExit, match="no fuzz target is called nobody; there are bundle_index"):
        fuzz.main(["1", "nobody"])


def test_a_target_that_crashes_fails_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "FOLDER", tmp_path)
    program = tmp_path / fuzz.HOST / "release" / "names"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho 'stat::number_of_executed_units: 5' >&2\necho crash >&2\nexit 77\n")
    program.chmod(0o755)

    result = fuzz.run("names", 1)

    assert (False, 5) == (result.passed, result.runs)
    assert (tmp_path / "corpus" / "names").is_dir()


def test_leaks_are_looked_for_wherever_no_pool_of_threads_may_still_be_ending() -> None:
    assert set(fuzz.targets()) > fuzz.WITH_POOLS
    assert {name for name in fuzz.targets() if "ASAN_OPTIONS" in fuzz.environment(name)} == fuzz.WITH_POOLS
