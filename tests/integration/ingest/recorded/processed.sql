-- Written by the first release in its own database, as pg_dump shows it.
CREATE TABLE processed.batches (
    model text NOT NULL,
    batch bigint NOT NULL,
    table_digest text NOT NULL,
    source_digest text NOT NULL,
    rows_in bigint NOT NULL,
    loaded bigint NOT NULL,
    duplicate bigint NOT NULL,
    quarantined bigint NOT NULL,
    total_rows bigint NOT NULL,
    data_digest text NOT NULL,
    completed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rows_accounted_for CHECK ((rows_in = ((loaded + duplicate) + quarantined)))
);
COMMENT ON COLUMN processed.batches.table_digest IS 'the spec''s table_digest';
COMMENT ON COLUMN processed.batches.source_digest IS 'SHA-256 of the source''s bytes';
COMMENT ON COLUMN processed.batches.total_rows IS 'rows of the model as of this batch';
COMMENT ON COLUMN processed.batches.data_digest IS 'content digest as of this batch';
CREATE TABLE processed.filled (
    _row_id bytea NOT NULL,
    _batch bigint NOT NULL,
    _line bigint NOT NULL,
    species text,
    island text,
    bill_length_mm double precision,
    bill_depth_mm double precision,
    flipper_length_mm double precision,
    body_mass_g double precision,
    sex text,
    CONSTRAINT bill_depth_mm_in_range CHECK (((bill_depth_mm >= (8.0)::double precision) AND (bill_depth_mm <= (30.0)::double precision))),
    CONSTRAINT bill_length_mm_in_range CHECK (((bill_length_mm >= (20.0)::double precision) AND (bill_length_mm <= (80.0)::double precision))),
    CONSTRAINT body_mass_g_in_range CHECK (((body_mass_g >= (1500.0)::double precision) AND (body_mass_g <= (9000.0)::double precision))),
    CONSTRAINT flipper_length_mm_in_range CHECK (((flipper_length_mm >= (120.0)::double precision) AND (flipper_length_mm <= (280.0)::double precision))),
    CONSTRAINT island_known CHECK ((island = ANY (ARRAY['Biscoe'::text, 'Dream'::text, 'Torgersen'::text]))),
    CONSTRAINT sex_known CHECK ((sex = ANY (ARRAY['FEMALE'::text, 'MALE'::text]))),
    CONSTRAINT species_known CHECK ((species = ANY (ARRAY['Adelie'::text, 'Chinstrap'::text, 'Gentoo'::text])))
);
CREATE TABLE processed.filled_keyed (
    _row_id bytea NOT NULL,
    _batch bigint NOT NULL,
    _line bigint NOT NULL,
    species text,
    island text,
    bill_length_mm double precision,
    bill_depth_mm double precision,
    flipper_length_mm double precision,
    body_mass_g double precision,
    sex text,
    CONSTRAINT bill_depth_mm_in_range CHECK (((bill_depth_mm >= (8.0)::double precision) AND (bill_depth_mm <= (30.0)::double precision))),
    CONSTRAINT bill_length_mm_in_range CHECK (((bill_length_mm >= (20.0)::double precision) AND (bill_length_mm <= (80.0)::double precision))),
    CONSTRAINT body_mass_g_in_range CHECK (((body_mass_g >= (1500.0)::double precision) AND (body_mass_g <= (9000.0)::double precision))),
    CONSTRAINT flipper_length_mm_in_range CHECK (((flipper_length_mm >= (120.0)::double precision) AND (flipper_length_mm <= (280.0)::double precision))),
    CONSTRAINT island_known CHECK ((island = ANY (ARRAY['Biscoe'::text, 'Dream'::text, 'Torgersen'::text]))),
    CONSTRAINT sex_known CHECK ((sex = ANY (ARRAY['FEMALE'::text, 'MALE'::text]))),
    CONSTRAINT species_known CHECK ((species = ANY (ARRAY['Adelie'::text, 'Chinstrap'::text, 'Gentoo'::text])))
);
CREATE TABLE processed.quarantine (
    model text NOT NULL,
    batch bigint NOT NULL,
    line bigint NOT NULL,
    reason text NOT NULL,
    text text NOT NULL
);
COMMENT ON COLUMN processed.quarantine.text IS 'the record, cut where it is long';
INSERT INTO processed.batches VALUES ('filled', 1, 'd55213c57ec26f2f7b4b8601c597fad7f5565d4d7e135c957b7dbff9dfa654c8', '7c8adaddb6cf41ab8d5161b0318fa264f8e72a7c0b01f8105c1fa46cebcec7bd', 27, 26, 0, 1, 26, '0d3092904a0527fc557c732334ce22c2', '2026-11-29 11:11:05.517985+00');
INSERT INTO processed.batches VALUES ('filled', 2, 'd55213c57ec26f2f7b4b8601c597fad7f5565d4d7e135c957b7dbff9dfa654c8', '1e749e94d92e80783a056964815f2acb971d6f7ba00beb40f57b9e0ffc7b9ec2', 31, 5, 26, 0, 31, '2187692248cb10d985e872bb83ea0e34', '2026-11-29 11:11:05.883711+00');
INSERT INTO processed.batches VALUES ('filled-keyed', 1, '2bd7705f642fbae365ba26dc4392ad74af13484f947652977fc62ad11154f1e5', '7c8adaddb6cf41ab8d5161b0318fa264f8e72a7c0b01f8105c1fa46cebcec7bd', 27, 25, 1, 1, 25, '294a634067f68e6772bc216cdac659ec', '2026-11-29 11:11:06.861671+00');
INSERT INTO processed.batches VALUES ('filled-keyed', 2, '2bd7705f642fbae365ba26dc4392ad74af13484f947652977fc62ad11154f1e5', '1e749e94d92e80783a056964815f2acb971d6f7ba00beb40f57b9e0ffc7b9ec2', 31, 3, 27, 1, 28, '666c6e7d3dd41c59777df947f0ccf97d', '2026-11-29 11:11:07.609628+00');
INSERT INTO processed.filled VALUES ('\xf032077d344e956adf5a260876c64a98', 1, 2, 'Adelie', 'Dream', 30, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x9a513f1c6562fbd096df952c1cb708da', 1, 3, 'Adelie', 'Dream', 30.1, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x98201e1fec689c5e73f2061f9f2a7cb1', 1, 4, 'Adelie', 'Dream', 30.2, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x818276e700aa5be34e9cfb9bf04cb65c', 1, 5, 'Adelie', 'Dream', 30.3, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x1fabae284df62bf58323a859190aed2b', 1, 6, 'Adelie', 'Dream', 30.4, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x449df5f7d60aaae799120e0b98313df2', 1, 7, 'Adelie', 'Dream', 30.5, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x8856bf80da719c6221f2493eb6825521', 1, 8, 'Adelie', 'Dream', 30.6, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xdd047637eb2081ca6dd57921a2996bac', 1, 9, 'Adelie', 'Dream', 30.7, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xaf188af53d6242228f9d616530c17803', 1, 10, 'Adelie', 'Dream', 30.8, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x07f5827fb30221a4e89ac2287bb599f3', 1, 11, 'Adelie', 'Dream', 30.9, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xcb788259947db5550ebd9329bdd21a26', 1, 12, 'Adelie', 'Dream', 31, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xb362ced5ad046771d9e6787d8b1ec1ae', 1, 13, 'Adelie', 'Dream', 31.1, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x35c8b21c59bdb096f167d487a25b909f', 1, 14, 'Adelie', 'Dream', 31.2, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x8fb8f0295b1613e4b4855b6ec5ae4dcf', 1, 15, 'Adelie', 'Dream', 31.3, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x6b5a7133bcde49ec9eef822c4488483e', 1, 16, 'Adelie', 'Dream', 31.4, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x6e0cd827bc259352e787e2346f983dae', 1, 17, 'Adelie', 'Dream', 31.5, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xb8f30897f4ebbc31062c2758f6004e51', 1, 18, 'Adelie', 'Dream', 31.6, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xbea9ef7632a6759effc5b7035fcfc1f5', 1, 19, 'Adelie', 'Dream', 31.7, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x48966187758a6f55f179dcdfedfcc581', 1, 20, 'Adelie', 'Dream', 31.8, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x3c64caafbe5d91ed154404bab700c0a1', 1, 21, 'Adelie', 'Dream', 31.9, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xaf271c5ddd776ce1c9026c962b86d361', 1, 22, 'Adelie', 'Dream', 32, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x141256bd6e04a2dd53180e70899bd6cc', 1, 23, 'Adelie', 'Dream', 32.1, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xbbeb06f1760177f8ab4d762754efe93f', 1, 24, 'Adelie', 'Dream', 32.2, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xf69a73558765d125dfbcf513c829341f', 1, 25, 'Adelie', 'Dream', 32.3, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xb952739adc159f971f3c51c41064c7d0', 1, 26, 'Adelie', 'Dream', 32.4, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x9eea0d8ef97c5bb2106481e518813872', 1, 28, 'Adelie', 'Dream', 30.1, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x3bec2f0a891ecc8dab2d5d290a789758', 2, 32, 'Adelie', 'Dream', 30.3, 12, 181, 4000, 'MALE');
INSERT INTO processed.filled VALUES ('\x3ff934cc3a1d747c48f60e5c72113b29', 2, 29, 'Adelie', 'Dream', 32.7, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x529d4d17e4bbe8c566fd14d5b4ae86b6', 2, 27, 'Adelie', 'Dream', 32.5, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\x8affd9fc3bb5a4a9d0e9e1727501fc16', 2, 28, 'Adelie', 'Dream', 32.6, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled VALUES ('\xbad44ba71b181a6604619dcaa8e19625', 2, 31, 'Adelie', 'Dream', 30.1, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x02ead2024247437b87617026102ea535', 1, 14, 'Adelie', 'Dream', 31.2, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x0ecc56c818bf7fd5ce55556a386f4137', 1, 4, 'Adelie', 'Dream', 30.2, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x1311e392fe7755c591418e6d8d749740', 1, 18, 'Adelie', 'Dream', 31.6, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x1721fdee65b45c9b265cc042540c49bc', 1, 22, 'Adelie', 'Dream', 32, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x1e02c7c4df0aac0b77ba9da055cf137a', 1, 21, 'Adelie', 'Dream', 31.9, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x315e8f659787308d7dbfe80beb3758fa', 1, 12, 'Adelie', 'Dream', 31, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x32ae5a3f9c47d400c6b827bcdfb4f8ad', 1, 16, 'Adelie', 'Dream', 31.4, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x376c8ec52ad3c344d57ee261045fe58f', 1, 10, 'Adelie', 'Dream', 30.8, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x39346899a3a82b151268047290c2e7dd', 1, 2, 'Adelie', 'Dream', 30, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x48e525c8e67da69173ac1fce64e87ba7', 1, 15, 'Adelie', 'Dream', 31.3, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x556510d67d3c393659d5eadd873118da', 1, 5, 'Adelie', 'Dream', 30.3, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x72f19b65b157fdfccd7c7186c371627f', 1, 13, 'Adelie', 'Dream', 31.1, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x7f18c8f72f778db12e4e500f753c05eb', 1, 19, 'Adelie', 'Dream', 31.7, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x89cd51ca153ce93cfec9cc6531ffbb92', 1, 9, 'Adelie', 'Dream', 30.7, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x9c87908534502ddc899a900b61aaaaa8', 1, 25, 'Adelie', 'Dream', 32.3, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xa10d4580e23b999f24664ce21effea70', 1, 8, 'Adelie', 'Dream', 30.6, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xb5103a57150b5ef554615166bcd73001', 1, 11, 'Adelie', 'Dream', 30.9, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xc09576b0d7bb82bbf3ab5207e6bfd634', 1, 6, 'Adelie', 'Dream', 30.4, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xc3a730b3e606946db82dd8a68d34d8e5', 1, 3, 'Adelie', 'Dream', 30.1, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xc6586e31ce7fb9f907f20f25a21779c6', 1, 17, 'Adelie', 'Dream', 31.5, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xe4fdcdc0c835e66182c5bbe096266ef0', 1, 7, 'Adelie', 'Dream', 30.5, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xe59946a70e409821776084b71bd4cc87', 1, 24, 'Adelie', 'Dream', 32.2, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xe72524b435de783515ee3c0955a12e3b', 1, 26, 'Adelie', 'Dream', 32.4, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xf412cdd7fa2e00179ce5e3cd50dbb2d9', 1, 20, 'Adelie', 'Dream', 31.8, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xfd83967daf4c36b7960f17b1f7fc9cf7', 1, 23, 'Adelie', 'Dream', 32.1, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x0d94b561280bfaa5a22134698deb6745', 2, 28, 'Adelie', 'Dream', 32.6, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\x8927a993105a18170ef3c1afe34949ba', 2, 29, 'Adelie', 'Dream', 32.7, 12, 181, 3750, 'MALE');
INSERT INTO processed.filled_keyed VALUES ('\xa665ac489d777b3653ace1c1a4d1ee92', 2, 27, 'Adelie', 'Dream', 32.5, 12, 181, 3750, 'MALE');
INSERT INTO processed.quarantine VALUES ('filled', 1, 27, 'species: ''Emu'' is not a known label', 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO processed.quarantine VALUES ('filled-keyed', 1, 27, 'species: ''Emu'' is not a known label', 'Emu,Dream,39,18,181,3750,MALE');
INSERT INTO processed.quarantine VALUES ('filled-keyed', 2, 32, 'another row has the same bill_length_mm, bill_depth_mm and other values', 'Adelie,Dream,30.3,12.0,181,4000,MALE');
ALTER TABLE ONLY processed.batches
    ADD CONSTRAINT batches_pkey PRIMARY KEY (model, batch);
ALTER TABLE ONLY processed.filled_keyed
    ADD CONSTRAINT filled_keyed_pkey PRIMARY KEY (_row_id);
ALTER TABLE ONLY processed.filled
    ADD CONSTRAINT filled_pkey PRIMARY KEY (_row_id);
ALTER TABLE ONLY processed.quarantine
    ADD CONSTRAINT quarantine_pkey PRIMARY KEY (model, batch, line);
