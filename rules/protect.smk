rule protect:
    input:
        measures="data/processed/{edition}/restricted/measures.parquet",
        config=lambda w: flow.configuration(w.edition),
    output:
        safe="data/processed/{edition}/safe/measures.parquet",
        record="data/processed/{edition}/restricted/protection.parquet",
    log:
        "data/processed/{edition}/logs/protect.log",
    benchmark:
        "data/processed/{edition}/benchmarks/protect.tsv"
    conda:
        "../environment.yml"
    params:
        code=flow.code("protect"),
    message:
        "Protecting small numbers"
    shell:
        "python -m jsna protect {wildcards.edition} 2> {log}"
