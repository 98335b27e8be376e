rule draw:
    input:
        safe="data/processed/{edition}/safe/measures.parquet",
        standings="data/processed/{edition}/safe/standings.parquet",
        proof="data/processed/{edition}/safe/certificate.json",
        fonts=flow.fonts(),
    output:
        figures="data/processed/{edition}/draft/charts/figures.json",
        receipt="data/processed/{edition}/draft/.draw.json",
    log:
        "data/processed/{edition}/logs/draw.log",
    benchmark:
        "data/processed/{edition}/benchmarks/draw.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "draw"),
        code=flow.code("draw"),
    message:
        flow.message("draw")
    shell:
        flow.command("draw")


rule write:
    input:
        safe="data/processed/{edition}/safe/measures.parquet",
        bands="data/processed/{edition}/safe/attrition.json",
        standings="data/processed/{edition}/safe/standings.parquet",
        proof="data/processed/{edition}/safe/certificate.json",
        figures="data/processed/{edition}/draft/charts/figures.json",
        drawn="data/processed/{edition}/draft/.draw.json",
        templates=flow.templates(),
        fonts=flow.fonts(),
    output:
        pages=flow.documents("page"),
        receipt="data/processed/{edition}/draft/.write.json",
    log:
        "data/processed/{edition}/logs/write.log",
    benchmark:
        "data/processed/{edition}/benchmarks/write.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition),
        code=flow.code("write"),
    message:
        flow.message("write")
    shell:
        flow.command("write")


rule tabulate:
    input:
        safe="data/processed/{edition}/safe/measures.parquet",
        bands="data/processed/{edition}/safe/attrition.json",
        proof="data/processed/{edition}/safe/certificate.json",
    output:
        ods="data/processed/{edition}/draft/workbook.ods",
        xlsx="data/processed/{edition}/draft/workbook.xlsx",
        receipt="data/processed/{edition}/draft/.tabulate.json",
    log:
        "data/processed/{edition}/logs/tabulate.log",
    benchmark:
        "data/processed/{edition}/benchmarks/tabulate.tsv"
    conda:
        "../environment.yml"
    params:
        stated=lambda w: flow.stated(w.edition, "tabulate"),
        code=flow.code("tabulate"),
    message:
        flow.message("tabulate")
    shell:
        flow.command("tabulate")


rule print:
    input:
        pages=flow.documents("page"),
        templates=flow.templates(),
        fonts=flow.fonts(),
    output:
        pdfs=flow.documents("pdf"),
    log:
        "data/processed/{edition}/logs/print.log",
    benchmark:
        "data/processed/{edition}/benchmarks/print.tsv"
    conda:
        "../environment.yml"
    params:
        code=flow.code("print"),
    message:
        flow.message("print")
    shell:
        flow.command("print")
