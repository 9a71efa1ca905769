import pytest

from net2vec_core.config import dump, parse_config
from net2vec_core.errors import UserError
from net2vec_core.job_times import ALL, job_times, with_start_up

HEADER = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
NETWORK = {"model": "torchvision/alexnet", "weights": "random", "layers": ["features.0", "pool"]}


@pytest.fixture
def run(tmp_path):
    def leave(name, seconds, cpu, memory):
        file = tmp_path / "benchmarks" / f"{name}.tsv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{HEADER}{seconds}\t0:00:01\t{memory}\t1\t1\t1\t1\t1\t1\t{cpu}\n")

    config = parse_config({"networks": {"probe": NETWORK, "net": NETWORK}}, "run.yaml")
    (tmp_path / "config.yaml").write_text(dump(config))
    leave("dataset", 5.5, 10, 400)
    leave("probe/probe/0", 3, 2, 900)
    leave("net/probe/0.pass1", 4, 2, 1000)
    leave("net/features.0/pool", 1, "-", "-")
    leave("net/pool/segmentation/paper/0/12", 8, 7, 600)
    leave("net/pool/segmentation/iou/0/12", 2, 1, 500)
    return tmp_path


def test_jobs_add_up_by_rule_and_recipe(run):
    times = job_times(run)
    assert times["rule"].tolist() == ["segmentation paper", "probe", "dataset", "segmentation iou", "pool", ALL]
    assert times["jobs"].tolist() == [1, 2, 1, 1, 1, 6]
    assert times["seconds"].tolist() == [8, 7, 5.5, 2, 1, 23.5]
    assert times["cpu_seconds"].tolist() == [7, 4, 10, 1, 0, 22]
    assert times["memory_mb"].dropna().tolist() == [600, 1000, 400, 500, 1000]


def test_start_up_counts_once_a_job(run):
    times = with_start_up(job_times(run)).set_index("rule")
    assert (times["start_seconds"] > 0).all()
    assert times.loc[ALL, "start_seconds"] == pytest.approx(times["start_seconds"].drop(ALL).sum())
    assert times.loc["probe", "start_seconds"] > times.loc["pool", "start_seconds"], "two jobs, with torch"


def test_a_run_without_measurements_says_so(tmp_path):
    with pytest.raises(UserError, match="benchmarks has no measurements; run `snakemake` to make them"):
        job_times(tmp_path)
