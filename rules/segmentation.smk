rule segmentation:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        filter_masks=rules.filter_masks.output.filter_masks,
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/segmentation/{{recipe}}/{{seed}}/{{batch}}.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/segmentation/{{recipe}}/{{seed}}/{{batch}}.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/segmentation/{{recipe}}/{{seed}}/{{batch}}.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_FIT
    resources:
        gpu=lambda wildcards: gpu_for([wildcards.recipe]),
        mem_mb=memory_of("segmentation"),
        runtime=minutes_of("segmentation"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("segmentation"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} segmentation --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --filter-masks {input.filter_masks} --recipe {wildcards.recipe}"
        " --seed {wildcards.seed} --batch {wildcards.batch} --output {output} --threads {threads}"


rule segmentation_subsets:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        filter_masks=rules.filter_masks.output.filter_masks,
        segmentation=first_fit,
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/segmentation_subsets/{{batch}}.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/segmentation_subsets/{{batch}}.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/segmentation_subsets/{{batch}}.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_FIT
    resources:
        gpu=gpu_for(CONFIG.segmentation.recipes[:1]),
        mem_mb=memory_of("segmentation_subsets"),
        runtime=minutes_of("segmentation_subsets"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("segmentation-subsets"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} segmentation-subsets --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --filter-masks {input.filter_masks} --segmentation {input.segmentation}"
        " --batch {wildcards.batch} --output {output} --threads {threads}"


rule segmentation_controls:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        filter_masks=rules.filter_masks.output.filter_masks,
        rotated=rules.rotated.output.filter_masks,
    output:
        directory(f"{RUN}/{{network}}/{{layer}}/segmentation_controls/{{batch}}.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/segmentation_controls/{{batch}}.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/segmentation_controls/{{batch}}.tsv"
    conda:
        ENVIRONMENT
    threads: CORES_OF_FIT
    resources:
        gpu=gpu_for(CONFIG.segmentation.recipes),
        mem_mb=memory_of("segmentation_controls"),
        runtime=minutes_of("segmentation_controls"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("segmentation-controls"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} segmentation-controls --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --filter-masks {input.filter_masks} --rotated {input.rotated}"
        " --batch {wildcards.batch} --output {output} --threads {threads}"


rule tables:
    input:
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        counts=rules.single_filter.output,
        segmentation=fitted_batches,
    output:
        single_filter=table_of_layer("single_filter", "Single filters"),
        segmentation=table_of_layer("segmentation", "Segmentation"),
        individual_iou=f"{RUN}/{{network}}/{{layer}}/individual_iou.csv.gz",
        convergence=f"{RUN}/{{network}}/{{layer}}/convergence.csv",
        embeddings=directory(f"{RUN}/{{network}}/{{layer}}/embeddings.zarr"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/tables.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/tables.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("tables"),
        runtime=minutes_of("tables"),
    params:
        config=CONFIG_FILE,
        segmentation=repeated("--segmentation", "segmentation"),
        made_by=made_by("tables"),
        dataset=folder_of("labels"),
    shell:
        "python -m net2vec_core --log {log} tables --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} --counts {input.counts} {params.segmentation}"
        " --single-filter-csv {output.single_filter} --segmentation-csv {output.segmentation}"
        " --individual-iou-csv {output.individual_iou} --convergence-csv {output.convergence}"
        " --embeddings {output.embeddings}"


rule significance:
    input:
        unpack(control_results),
        rules.concepts.output,
        labels=rules.dataset.output.labels,
        segmentation=fitted_batches,
        controls=batches_of("segmentation_controls"),
        subsets=batches_of("segmentation_subsets"),
        single_filter=rules.single_filter.output,
        fair_single_filter=rules.fair_single_filter.output.store,
        rotated=rules.rotated.output.counts,
    output:
        significance=table_of_layer("significance", "Segmentation"),
        gains=table_of_layer("gains", "Segmentation"),
    log:
        f"{RUN}/logs/{{network}}/{{layer}}/significance.log",
    benchmark:
        f"{RUN}/benchmarks/{{network}}/{{layer}}/significance.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("tables"),
        runtime=minutes_of("tables"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("significance"),
        dataset=folder_of("labels"),
        segmentation=repeated("--segmentation", "segmentation"),
        controls=repeated("--controls", "controls"),
        subsets=repeated("--segmentation-subsets", "subsets"),
        control=repeated("--control", "control"),
        control_single_filter=repeated("--control-single-filter", "control_single_filter"),
    shell:
        "python -m net2vec_core --log {log} significance --config {params.config} --network {wildcards.network}"
        " --dataset {params.dataset} {params.segmentation} {params.controls} {params.subsets} {params.control}"
        " {params.control_single_filter} --single-filter {input.single_filter}"
        " --fair-single-filter {input.fair_single_filter} --rotated {input.rotated}"
        " --significance-csv {output.significance} --gains-csv {output.gains}"
