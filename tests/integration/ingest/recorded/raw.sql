-- Written by the first release in its own database, as pg_dump shows it.
CREATE TABLE raw.batches (
    model text NOT NULL,
    batch bigint NOT NULL,
    source text NOT NULL,
    source_digest text NOT NULL,
    source_bytes bigint NOT NULL,
    header text NOT NULL,
    records bigint NOT NULL,
    refused text,
    stored_at timestamp with time zone DEFAULT now() NOT NULL
);
COMMENT ON COLUMN raw.batches.source IS 'the address, without what may be secret';
COMMENT ON COLUMN raw.batches.source_digest IS 'SHA-256 of the source''s bytes';
COMMENT ON COLUMN raw.batches.header IS 'the header record, verbatim';
COMMENT ON COLUMN raw.batches.records IS 'how many, without the header';
COMMENT ON COLUMN raw.batches.refused IS 'why no row of it was accepted; null where some were or may';
CREATE TABLE raw.filled (
    batch bigint NOT NULL,
    line bigint NOT NULL,
    text text NOT NULL
);
CREATE TABLE raw.filled_keyed (
    batch bigint NOT NULL,
    line bigint NOT NULL,
    text text NOT NULL
);
INSERT INTO raw.batches VALUES ('filled', 1, 'file:/data/filled0.csv', '7c8adaddb6cf41ab8d5161b0318fa264f8e72a7c0b01f8105c1fa46cebcec7bd', 1074, 'species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex', 27, NULL, '2026-11-29 11:11:05.442339+00');
INSERT INTO raw.batches VALUES ('filled', 2, 'file:/data/filled1.csv', '1e749e94d92e80783a056964815f2acb971d6f7ba00beb40f57b9e0ffc7b9ec2', 1229, 'species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex', 31, NULL, '2026-11-29 11:11:05.868816+00');
INSERT INTO raw.batches VALUES ('filled', 3, 'file:/data/filled2.csv', '0ca90f0a4a11b44b93ab93c3a280183ec7d91971f5e2bd382979239e97d2c7f1', 685, 'species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex', 18, 'file:/data/filled2.csv: at least 9 of 18 rows are bad, more than the 0.05 that source.max_bad_fraction allows; by column: species (9); line 11: species: ''Emu'' is not a known label; the processed table is unchanged', '2026-11-29 11:11:06.294931+00');
INSERT INTO raw.batches VALUES ('filled-keyed', 1, 'file:/data/filled-keyed0.csv', '7c8adaddb6cf41ab8d5161b0318fa264f8e72a7c0b01f8105c1fa46cebcec7bd', 1074, 'species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex', 27, NULL, '2026-11-29 11:11:06.795382+00');
INSERT INTO raw.batches VALUES ('filled-keyed', 2, 'file:/data/filled-keyed1.csv', '1e749e94d92e80783a056964815f2acb971d6f7ba00beb40f57b9e0ffc7b9ec2', 1229, 'species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex', 31, NULL, '2026-11-29 11:11:07.582632+00');
INSERT INTO raw.batches VALUES ('filled-keyed', 3, 'file:/data/filled-keyed2.csv', '0ca90f0a4a11b44b93ab93c3a280183ec7d91971f5e2bd382979239e97d2c7f1', 685, 'species,island,culmen_length_mm,culmen_depth_mm,flipper_length_mm,body_mass_g,sex', 18, 'file:/data/filled-keyed2.csv: at least 9 of 18 rows are bad, more than the 0.05 that source.max_bad_fraction allows; by column: species (9); line 11: species: ''Emu'' is not a known label; the processed table is unchanged', '2026-11-29 11:11:08.072349+00');
INSERT INTO raw.filled VALUES (1, 2, 'Adelie,Dream,30.0,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 3, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 4, 'Adelie,Dream,30.2,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 5, 'Adelie,Dream,30.3,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 6, 'Adelie,Dream,30.4,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 7, 'Adelie,Dream,30.5,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 8, 'Adelie,Dream,30.6,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 9, 'Adelie,Dream,30.7,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 10, 'Adelie,Dream,30.8,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 11, 'Adelie,Dream,30.9,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 12, 'Adelie,Dream,31.0,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 13, 'Adelie,Dream,31.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 14, 'Adelie,Dream,31.2,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 15, 'Adelie,Dream,31.3,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 16, 'Adelie,Dream,31.4,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 17, 'Adelie,Dream,31.5,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 18, 'Adelie,Dream,31.6,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 19, 'Adelie,Dream,31.7,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 20, 'Adelie,Dream,31.8,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 21, 'Adelie,Dream,31.9,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 22, 'Adelie,Dream,32.0,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 23, 'Adelie,Dream,32.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 24, 'Adelie,Dream,32.2,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 25, 'Adelie,Dream,32.3,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 26, 'Adelie,Dream,32.4,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 27, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (1, 28, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 2, 'Adelie,Dream,30.0,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 3, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 4, 'Adelie,Dream,30.2,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 5, 'Adelie,Dream,30.3,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 6, 'Adelie,Dream,30.4,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 7, 'Adelie,Dream,30.5,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 8, 'Adelie,Dream,30.6,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 9, 'Adelie,Dream,30.7,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 10, 'Adelie,Dream,30.8,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 11, 'Adelie,Dream,30.9,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 12, 'Adelie,Dream,31.0,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 13, 'Adelie,Dream,31.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 14, 'Adelie,Dream,31.2,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 15, 'Adelie,Dream,31.3,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 16, 'Adelie,Dream,31.4,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 17, 'Adelie,Dream,31.5,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 18, 'Adelie,Dream,31.6,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 19, 'Adelie,Dream,31.7,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 20, 'Adelie,Dream,31.8,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 21, 'Adelie,Dream,31.9,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 22, 'Adelie,Dream,32.0,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 23, 'Adelie,Dream,32.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 24, 'Adelie,Dream,32.2,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 25, 'Adelie,Dream,32.3,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 26, 'Adelie,Dream,32.4,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 27, 'Adelie,Dream,32.5,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 28, 'Adelie,Dream,32.6,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 29, 'Adelie,Dream,32.7,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 30, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 31, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (2, 32, 'Adelie,Dream,30.3,12.0,181,4000,MALE');
INSERT INTO raw.filled VALUES (3, 2, 'Adelie,Dream,30.0,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 3, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 4, 'Adelie,Dream,30.2,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 5, 'Adelie,Dream,30.3,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 6, 'Adelie,Dream,30.4,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 7, 'Adelie,Dream,30.5,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 8, 'Adelie,Dream,30.6,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 9, 'Adelie,Dream,30.7,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 10, 'Adelie,Dream,30.8,12.0,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 11, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 12, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 13, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 14, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 15, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 16, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 17, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 18, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled VALUES (3, 19, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 2, 'Adelie,Dream,30.0,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 3, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 4, 'Adelie,Dream,30.2,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 5, 'Adelie,Dream,30.3,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 6, 'Adelie,Dream,30.4,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 7, 'Adelie,Dream,30.5,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 8, 'Adelie,Dream,30.6,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 9, 'Adelie,Dream,30.7,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 10, 'Adelie,Dream,30.8,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 11, 'Adelie,Dream,30.9,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 12, 'Adelie,Dream,31.0,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 13, 'Adelie,Dream,31.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 14, 'Adelie,Dream,31.2,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 15, 'Adelie,Dream,31.3,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 16, 'Adelie,Dream,31.4,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 17, 'Adelie,Dream,31.5,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 18, 'Adelie,Dream,31.6,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 19, 'Adelie,Dream,31.7,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 20, 'Adelie,Dream,31.8,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 21, 'Adelie,Dream,31.9,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 22, 'Adelie,Dream,32.0,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 23, 'Adelie,Dream,32.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 24, 'Adelie,Dream,32.2,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 25, 'Adelie,Dream,32.3,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 26, 'Adelie,Dream,32.4,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 27, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (1, 28, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 2, 'Adelie,Dream,30.0,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 3, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 4, 'Adelie,Dream,30.2,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 5, 'Adelie,Dream,30.3,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 6, 'Adelie,Dream,30.4,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 7, 'Adelie,Dream,30.5,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 8, 'Adelie,Dream,30.6,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 9, 'Adelie,Dream,30.7,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 10, 'Adelie,Dream,30.8,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 11, 'Adelie,Dream,30.9,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 12, 'Adelie,Dream,31.0,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 13, 'Adelie,Dream,31.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 14, 'Adelie,Dream,31.2,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 15, 'Adelie,Dream,31.3,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 16, 'Adelie,Dream,31.4,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 17, 'Adelie,Dream,31.5,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 18, 'Adelie,Dream,31.6,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 19, 'Adelie,Dream,31.7,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 20, 'Adelie,Dream,31.8,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 21, 'Adelie,Dream,31.9,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 22, 'Adelie,Dream,32.0,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 23, 'Adelie,Dream,32.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 24, 'Adelie,Dream,32.2,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 25, 'Adelie,Dream,32.3,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 26, 'Adelie,Dream,32.4,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 27, 'Adelie,Dream,32.5,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 28, 'Adelie,Dream,32.6,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 29, 'Adelie,Dream,32.7,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 30, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 31, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (2, 32, 'Adelie,Dream,30.3,12.0,181,4000,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 2, 'Adelie,Dream,30.0,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 3, 'Adelie,Dream,30.1,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 4, 'Adelie,Dream,30.2,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 5, 'Adelie,Dream,30.3,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 6, 'Adelie,Dream,30.4,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 7, 'Adelie,Dream,30.5,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 8, 'Adelie,Dream,30.6,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 9, 'Adelie,Dream,30.7,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 10, 'Adelie,Dream,30.8,12.0,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 11, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 12, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 13, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 14, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 15, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 16, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 17, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 18, 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO raw.filled_keyed VALUES (3, 19, 'Emu,Dream,39,18,181,3750,MALE');
ALTER TABLE ONLY raw.batches
    ADD CONSTRAINT batches_pkey PRIMARY KEY (model, batch);
ALTER TABLE ONLY raw.filled_keyed
    ADD CONSTRAINT filled_keyed_pkey PRIMARY KEY (batch, line);
ALTER TABLE ONLY raw.filled
    ADD CONSTRAINT filled_pkey PRIMARY KEY (batch, line);
ALTER TABLE ONLY raw.batches
    ADD CONSTRAINT stored_once UNIQUE (model, source_digest);
