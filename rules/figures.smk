rule figure_layer:
    input:
        rules.concepts.output,
        rules.filter_masks.output.filter_masks,
        rules.relations.output,
        rules.tables.output.single_filter,
        rules.tables.output.individual_iou,
        rules.tables.output.embeddings,
        f"{RUN}/{{network}}/{{layer}}/subsets.csv",
        rules.significance.output.significance,
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
        mem_mb=memory_of("pictures"),
        runtime=minutes_of("pictures"),
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


rule inspection:
    input:
        rules.concepts.output,
        rules.filter_masks.output.filter_masks,
        rules.pool.output,
        rules.tables.output.single_filter,
        rules.tables.output.individual_iou,
        rules.tables.output.embeddings,
        rules.significance.output.significance,
        fits=fitted_batches,
        segmentation=rules.tables.output.segmentation,
        labels=rules.dataset.output.labels,
    output:
        failures=table_of_layer("failures", "Segmentation"),
        gain_trends=table_of_layer("gain_trends", "Segmentation"),
        concept_deciles=f"{RUN}/{{network}}/{{layer}}/concept_deciles.csv",
        filter_deciles=f"{RUN}/{{network}}/{{layer}}/filter_deciles.csv",
        concept_sheets=directory(f"{FIGURES}/{{network}}/{{layer}}/concepts"),
        filter_sheets=directory(f"{FIGURES}/{{network}}/{{layer}}/filters"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/inspection.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/inspection.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_LAYER
    resources:
        mem_mb=memory_of("pictures"),
        runtime=minutes_of("pictures"),
    params:
        config=CONFIG_FILE,
        fits=repeated("--segmentation", "fits"),
        made_by=made_by("inspection"),
        dataset=folder_of("labels"),
        results=folder_of("segmentation"),
    shell:
        "python -m net2vec_core --log {log} inspection --config {params.config} --network {wildcards.network}"
        " --layer {wildcards.layer} --dataset {params.dataset} --results {params.results} {params.fits}"
        " --failures-csv {output.failures} --gain-trends-csv {output.gain_trends}"
        " --concept-deciles-csv {output.concept_deciles} --filter-deciles-csv {output.filter_deciles}"
        " --concept-sheets {output.concept_sheets} --filter-sheets {output.filter_sheets} --threads {threads}"


rule figure_run:
    input:
        [
            f"{RUN}/{network}/{layer}/{table}.csv"
            for network, layer in LAYERS
            for table in ("segmentation", "single_filter", "significance", "overlap_histogram")
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
        mem_mb=memory_of("pictures"),
        runtime=minutes_of("pictures"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("figure-run"),
        results=lambda _: RUN,
        figures=lambda wildcards, output: os.path.dirname(output[0]),
    shell:
        "python -m net2vec_core --log {log} figure-run --config {params.config} --results {params.results}"
        " --output {params.figures}"
