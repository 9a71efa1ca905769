rule figure_layer:
    input:
        rules.concepts.output,
        rules.filter_masks.output,
        rules.similarity.output,
        rules.overlap.output,
        rules.tables.output.single_filter,
        rules.tables.output.individual_iou,
        rules.tables.output.embeddings,
        segmentation=rules.tables.output.segmentation,
        labels=rules.dataset.output.labels,
    output:
        [
            report(
                f"{FIGURES}/{{network}}/{{layer}}/{name}.png",
                category="Figures",
                labels={"figure": name.replace("_", " "), "network": "{network}", "layer": "{layer}"},
                caption=f"captions/{name}.rst",
            )
            for name in FIGURES_OF_LAYER
        ],
        [f"{FIGURES}/{{network}}/{{layer}}/{name}.svg" for name in FIGURES_OF_LAYER],
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/figure_layer.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/figure_layer.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        config=CONFIG_FILE,
        made_by=made_by("figure-layer"),
        dataset=folder_of("labels"),
        results=folder_of("segmentation"),
        figures=lambda wildcards, output: os.path.dirname(output[0]),
    shell:
        "python -m net2vec_core --log {log} figure-layer --config {params.config} --network {wildcards.network}"
        " --layer {wildcards.layer} --dataset {params.dataset} --results {params.results}"
        " --output {params.figures}"


rule figure_run:
    input:
        [
            f"{RUN}/{network}/{layer}/{table}.csv"
            for network, layer in LAYERS
            for table in ("segmentation", "single_filter", "overlap_histogram")
        ],
        rules.comparison.output,
    output:
        [
            report(
                f"{FIGURES}/{name}.png",
                category="Figures",
                labels={"figure": name.replace("_", " "), "network": "all", "layer": "all"},
                caption=f"captions/{name}.rst",
            )
            for name in FIGURES_OF_RUN
        ],
        [f"{FIGURES}/{name}.svg" for name in FIGURES_OF_RUN],
    log:
        f"{RUN}/logs/figure_run.log",
    benchmark:
        f"{RUN}/benchmarks/figure_run.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        config=CONFIG_FILE,
        made_by=made_by("figure-run"),
        results=lambda _: RUN,
        figures=lambda wildcards, output: os.path.dirname(output[0]),
    shell:
        "python -m net2vec_core --log {log} figure-run --config {params.config} --results {params.results}"
        " --output {params.figures}"
