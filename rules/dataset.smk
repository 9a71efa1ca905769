localrules:
    concepts,


if CONFIG.dataset.fetched:

    # The cache outlives this run and serves others. A parameter that takes the output is not compared by Snakemake, so that
    # another configuration does not fetch the data again; `update` keeps what another run has fetched while this one waited.
    localrules:
        download,

    rule download:
        output:
            [update(path) for path in dataset_files()],
        log:
            f"{RUN}/logs/download.log",
        conda:
            ENVIRONMENT
        params:
            config=lambda wildcards, output: CONFIG_FILE,
        shell:
            "python -m net2vec_core --log {log} download --config {params.config}"


checkpoint dataset:
    input:
        dataset_files,
    output:
        labels=directory(f"{DATASET}/labels.zarr"),
        images=f"{DATASET}/images.csv",
        occurrences=f"{DATASET}/occurrences.csv.gz",
        skipped=f"{DATASET}/skipped.csv",
        fingerprint=f"{DATASET}/{FINGERPRINT}",
        drawings=directory(f"{DATASET}/drawings"),
    log:
        f"{RUN}/logs/dataset.log",
    benchmark:
        f"{RUN}/benchmarks/dataset.tsv"
    conda:
        ENVIRONMENT
    threads: ALL_CORES
    resources:
        mem_mb=memory_of("dataset"),
        runtime=minutes_of("dataset"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("dataset", READERS[CONFIG.dataset.reader]),
    shell:
        "python -m net2vec_core --log {log} dataset --config {params.config} --labels {output.labels}"
        " --images {output.images} --occurrences {output.occurrences} --skipped {output.skipped}"
        " --drawings {output.drawings} --threads {threads}"


checkpoint concepts:
    input:
        rules.dataset.output.images,
        rules.dataset.output.occurrences,
        labels=rules.dataset.output.labels,
    output:
        table=report(
            f"{DATASET}/concepts.csv",
            category="Data set",
            labels={"table": "concepts"},
            caption="captions/concepts.rst",
        ),
    log:
        f"{RUN}/logs/concepts.log",
    benchmark:
        f"{RUN}/benchmarks/concepts.tsv"
    conda:
        ENVIRONMENT
    params:
        config=CONFIG_FILE,
        made_by=made_by("concepts"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} concepts --config {params.config} --dataset {params.dataset} --output {output}"
