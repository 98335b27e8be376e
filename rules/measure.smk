rule derive:
    input:
        linked="data/processed/{edition}/restricted/link.json",
        published="data/processed/{edition}/restricted/published.json",
    output:
        receipt="data/processed/{edition}/restricted/derive.json",
    log:
        "data/processed/{edition}/logs/derive.log",
    benchmark:
        "data/processed/{edition}/benchmarks/derive.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "derive"),
        code=flow.code("derive"),
    message:
        flow.message("derive")
    shell:
        flow.command("derive")


rule measure:
    input:
        tables="data/processed/{edition}/restricted/derive.json",
        published="data/processed/{edition}/restricted/published.parquet",
        quality="data/processed/{edition}/restricted/quality.parquet",
        attrition="data/processed/{edition}/restricted/attrition.parquet",
        linked="data/processed/{edition}/restricted/link.json",
        assessed="data/processed/{edition}/restricted/assess.json",
    output:
        measures="data/processed/{edition}/restricted/measures.parquet",
        official="data/processed/{edition}/restricted/official.parquet",
        reconciliation="data/processed/{edition}/restricted/reconciliation.parquet",
        contributions="data/processed/{edition}/restricted/contributions.parquet",
        attrition="data/processed/{edition}/restricted/attrition.json",
    log:
        "data/processed/{edition}/logs/measure.log",
    benchmark:
        "data/processed/{edition}/benchmarks/measure.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "measure"),
        code=flow.code("measure"),
        # The words of dimensions and indicators are no part of it.
        decided=lambda w: flow.decided(w.edition),
    message:
        flow.message("measure")
    shell:
        flow.command("measure")
