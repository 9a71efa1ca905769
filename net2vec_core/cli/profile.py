from pathlib import Path
from typing import Annotated

import typer

from net2vec_core.job_times import job_times, with_start_up
from net2vec_core.questions import Answer, as_text


def profile(
    run: Annotated[str, typer.Option(help="The run's name.")],
    results: Annotated[Path, typer.Option(help="The folder of all runs.")] = Path("results"),
    start_up: Annotated[bool, typer.Option("--start-up", help="Measure how long the jobs take to start, too.")] = False,
) -> None:
    """Print where the time of a finished run went, rule by rule."""
    times = job_times(results / run)
    if start_up:
        times = with_start_up(times)
    title = f"Run {run}: seconds of all jobs of a rule, added up whether they ran side by side or not"
    print(as_text(Answer(title, times), len(times)))
