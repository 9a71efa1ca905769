rule comparison:
    input:
        word_vectors_files,
        wordnet_files,
        [f"{RUN}/{network}/{layer}/{name}" for network, layer in LAYERS for name in ("embeddings.zarr", "subsets.csv")],
    output:
        layer_pairs=report(
            f"{RUN}/comparison/layer_pairs.csv",
            category="Comparison",
            labels={"table": "layer pairs"},
            caption="captions/comparison.rst",
        ),
        filters_needed=report(
            f"{RUN}/comparison/filters_needed.csv",
            category="Subsets",
            labels={"table": "filters needed"},
            caption="captions/filters_needed_table.rst",
        ),
    log:
        f"{RUN}/logs/comparison.log",
    benchmark:
        f"{RUN}/benchmarks/comparison.tsv"
    conda:
        ENVIRONMENT
    resources:
        mem_mb=memory_of("tables"),
        runtime=minutes_of("tables"),
    params:
        config=CONFIG_FILE,
        made_by=made_by("comparison"),
        results=lambda _: RUN,
    shell:
        "python -m net2vec_core --log {log} comparison --config {params.config} --results {params.results}"
        " --layer-pairs-csv {output.layer_pairs} --filters-needed-csv {output.filters_needed}"
