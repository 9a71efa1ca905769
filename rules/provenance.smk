localrules:
    provenance,


rule provenance:
    input:
        results_of_layers(),
        shown(),
    output:
        f"{RUN}/provenance.json",
    log:
        f"{RUN}/logs/provenance.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        config=CONFIG_FILE,
        results=lambda _: RUN,
    shell:
        "python -m net2vec_core --log {log} provenance --config {params.config} --results {params.results}"
        " --output {output}"
