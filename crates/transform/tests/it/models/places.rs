//! Places: what areas lie in, where they are, and where artists come from.

use super::check;

const AREAS: &str = "answer_id | area_id    | area_name      | area_type   | iso_3166_1 | iso_3166_2 | fetched_at
                     a         | camden     | Camden         | District    | null       | null       | 2024-01-01 00:00:00Z
                     a         | london     | London         | City        | null       | null       | 2024-01-01 00:00:00Z
                     a         | greater    | Greater London | Subdivision | null       | null       | 2024-01-01 00:00:00Z
                     a         | england    | England        | Subdivision | null       | GB-ENG     | 2024-01-01 00:00:00Z
                     a         | uk         | United Kingdom | Country     | GB         | null       | 2024-01-01 00:00:00Z
                     a         | hk         | Hong Kong      | Country     | HK         | CN-HK      | 2024-01-01 00:00:00Z
                     a         | china      | China          | Country     | CN         | null       | 2024-01-01 00:00:00Z
                     a         | berlin     | Berlin         | City        | null       | DE-BE      | 2024-01-01 00:00:00Z
                     a         | prussia    | Prussia        | Subdivision | null       | null       | 2024-01-01 00:00:00Z
                     a         | leningrad  | Leningrad      | City        | null       | null       | 2024-01-01 00:00:00Z
                     a         | ussr       | Soviet Union   | Country     | SU         | null       | 2024-01-01 00:00:00Z
                     a         | loop1      | Loop One       | City        | null       | null       | 2024-01-01 00:00:00Z
                     a         | loop2      | Loop Two       | County      | null       | null       | 2024-01-01 00:00:00Z
                     a         | lone       | Lone           | City        | null       | null       | 2024-01-01 00:00:00Z";

const PARENTS: &str = "answer_id | area_id   | parent_id | parent_name    | parent_type | is_ended | fetched_at
                       a         | camden    | london    | London         | City        | false    | 2024-01-01 00:00:00Z
                       a         | london    | greater   | Greater London | Subdivision | false    | 2024-01-01 00:00:00Z
                       a         | greater   | england   | England        | Subdivision | false    | 2024-01-01 00:00:00Z
                       a         | england   | uk        | United Kingdom | Country     | false    | 2024-01-01 00:00:00Z
                       a         | hk        | china     | China          | Country     | false    | 2024-01-01 00:00:00Z
                       a         | hk        | uk        | United Kingdom | Country     | true     | 2024-01-01 00:00:00Z
                       a         | berlin    | prussia   | Prussia        | Subdivision | true     | 2024-01-01 00:00:00Z
                       a         | leningrad | ussr      | Soviet Union   | Country     | true     | 2024-01-01 00:00:00Z
                       a         | loop1     | loop2     | Loop Two       | County      | false    | 2024-01-01 00:00:00Z
                       a         | loop2     | loop1     | Loop One       | City        | false    | 2024-01-01 00:00:00Z
                       old       | lone      | uk        | United Kingdom | Country     | false    | 2020-01-01 00:00:00Z
                       a         | lone      | far       | Far Land       | Country     | false    | 2024-01-01 00:00:00Z";

#[test]
fn areas_know_what_they_lie_in() {
    check(
        "int_area_levels",
        &[("src_areas", AREAS), ("src_area_parents", PARENTS)],
        "area_id   | district | city      | county   | subdivision    | subdivision_code | country        | country_code | continent_code
         camden    | Camden   | London    | null     | England        | GB-ENG           | United Kingdom | GB           | EU
         london    | null     | London    | null     | England        | GB-ENG           | United Kingdom | GB           | EU
         greater   | null     | null      | null     | England        | GB-ENG           | United Kingdom | GB           | EU
         england   | null     | null      | null     | England        | GB-ENG           | United Kingdom | GB           | EU
         uk        | null     | null      | null     | null           | null             | United Kingdom | GB           | EU
         hk        | null     | null      | null     | null           | null             | Hong Kong      | HK           | AS
         china     | null     | null      | null     | null           | null             | China          | CN           | AS
         berlin    | null     | Berlin    | null     | Berlin         | DE-BE            | Germany        | DE           | EU
         prussia   | null     | null      | null     | Prussia        | null             | null           | null         | null
         leningrad | null     | Leningrad | null     | null           | null             | Soviet Union   | SU           | EU
         ussr      | null     | null      | null     | null           | null             | Soviet Union   | SU           | EU
         loop1     | null     | Loop One  | Loop Two | null           | null             | null           | null         | null
         loop2     | null     | Loop One  | Loop Two | null           | null             | null           | null         | null
         lone      | null     | Lone      | null     | null           | null             | Far Land       | null         | null
         far       | null     | null      | null     | null           | null             | Far Land       | null         | null",
    );
}

#[test]
fn ways_end_after_eight_steps_and_never_where_they_began() {
    let mut parents = String::from("answer_id | area_id | parent_id | is_ended | fetched_at\n");
    for step in 0..9 {
        parents += &format!("a | n{step} | n{} | false | 2024-01-01 00:00:00Z\n", step + 1);
    }
    // A way back to the beginning, and an old shortcut that no longer holds.
    parents += "a | n2 | n0 | false | 2024-01-01 00:00:00Z\n a | n0 | n3 | true | 2024-01-01 00:00:00Z\n";
    check(
        "int_area_ancestors",
        &[("src_area_parents", &parents)],
        "area_id | ancestor_id | steps | is_ended
         n0      | n1          | 1     | false
         n0      | n2          | 2     | false
         n0      | n3          | 3     | false
         n0      | n4          | 4     | false
         n0      | n5          | 5     | false
         n0      | n6          | 6     | false
         n0      | n7          | 7     | false
         n0      | n8          | 8     | false
         n0      | n9          | 7     | true
         n1      | n0          | 2     | false
         n1      | n2          | 1     | false
         n1      | n3          | 2     | false
         n1      | n4          | 3     | false
         n1      | n5          | 4     | false
         n1      | n6          | 5     | false
         n1      | n7          | 6     | false
         n1      | n8          | 7     | false
         n1      | n9          | 8     | false
         n2      | n0          | 1     | false
         n2      | n1          | 2     | false
         n2      | n3          | 1     | false
         n2      | n4          | 2     | false
         n2      | n5          | 3     | false
         n2      | n6          | 4     | false
         n2      | n7          | 5     | false
         n2      | n8          | 6     | false
         n2      | n9          | 7     | false
         n3      | n4          | 1     | false
         n3      | n5          | 2     | false
         n3      | n6          | 3     | false
         n3      | n7          | 4     | false
         n3      | n8          | 5     | false
         n3      | n9          | 6     | false
         n4      | n5          | 1     | false
         n4      | n6          | 2     | false
         n4      | n7          | 3     | false
         n4      | n8          | 4     | false
         n4      | n9          | 5     | false
         n5      | n6          | 1     | false
         n5      | n7          | 2     | false
         n5      | n8          | 3     | false
         n5      | n9          | 4     | false
         n6      | n7          | 1     | false
         n6      | n8          | 2     | false
         n6      | n9          | 3     | false
         n7      | n8          | 1     | false
         n7      | n9          | 2     | false
         n8      | n9          | 1     | false",
    );
}

#[test]
fn coordinates_come_from_the_nearest_that_has_any() {
    check(
        "int_area_coordinates_chosen",
        &[
            ("src_areas", AREAS),
            ("src_area_parents", PARENTS),
            (
                "src_area_coordinates",
                "answer_id | service     | area_id   | latitude | longitude | fetched_at
                 w1        | wikidata    | london    | 51.5     | -0.1      | 2024-01-01 00:00:00Z
                 w2        | openweather | london    | 42.9     | -81.2     | 2026-01-01 00:00:00Z
                 w3        | nominatim   | greater   | 51.4     | 0.1       | 2024-01-01 00:00:00Z
                 w4        | nominatim   | greater   | 51.45    | 0.2       | 2025-01-01 00:00:00Z
                 w5        | wikidata    | uk        | 54.6     | -2.0      | 2024-01-01 00:00:00Z
                 w6        | openweather | berlin    | 0        | 0         | 2024-01-01 00:00:00Z
                 w7        | openweather | leningrad | 95       | 10        | 2024-01-01 00:00:00Z",
            ),
        ],
        "area_id   | latitude | longitude | coordinates_precision | coordinates_source
         camden    | 51.5     | -0.1      | ancestor_area         | wikidata
         london    | 51.5     | -0.1      | exact_area            | wikidata
         greater   | 51.45    | 0.2       | exact_area            | nominatim
         england   | 52.5     | -1.5      | subdivision           | null
         uk        | 54.6     | -2.0      | country_centroid      | wikidata
         hk        | 22.3193  | 114.1694  | country_centroid      | null
         china     | 35.8617  | 104.1954  | country_centroid      | null
         berlin    | 52.52    | 13.405    | subdivision           | null
         prussia   | null     | null      | unknown               | null
         leningrad | 61.0     | 95.0      | country_centroid      | null
         ussr      | 61.0     | 95.0      | country_centroid      | null
         loop1     | null     | null      | unknown               | null
         loop2     | null     | null      | unknown               | null
         lone      | null     | null      | unknown               | null
         far       | null     | null      | unknown               | null",
    );
}

/// B18: Hong Kong was in China, Bermuda in the United Kingdom, Puerto Rico in the United States and
/// Greenland in Denmark, and every Springfield was the same.
#[test]
fn territories_are_themselves_and_cities_of_one_name_are_told_apart_by_their_state() {
    check(
        "int_area_levels",
        &[
            (
                "src_areas",
                "answer_id | area_id  | area_name     | area_type   | iso_3166_1 | iso_3166_2 | fetched_at
                 a         | kowloon  | Kowloon       | District    | null       | null       | 2024-01-01 00:00:00Z
                 a         | hk       | Hong Kong     | Country     | HK         | CN-HK      | 2024-01-01 00:00:00Z
                 a         | nuuk     | Nuuk          | City        | null       | null       | 2024-01-01 00:00:00Z
                 a         | gl       | Greenland     | Country     | GL         | null       | 2024-01-01 00:00:00Z
                 a         | san-juan | San Juan      | City        | null       | null       | 2024-01-01 00:00:00Z
                 a         | pr       | Puerto Rico   | Subdivision | PR         | US-PR      | 2024-01-01 00:00:00Z
                 a         | hamilton | Hamilton      | City        | null       | null       | 2024-01-01 00:00:00Z
                 a         | bm       | Bermuda       | Country     | BM         | null       | 2024-01-01 00:00:00Z
                 a         | il-city  | Springfield   | City        | null       | null       | 2024-01-01 00:00:00Z
                 a         | il       | Illinois      | Subdivision | null       | US-IL      | 2024-01-01 00:00:00Z
                 a         | mo-city  | Springfield   | City        | null       | null       | 2024-01-01 00:00:00Z
                 a         | mo       | Missouri      | Subdivision | null       | US-MO      | 2024-01-01 00:00:00Z
                 a         | us       | United States | Country     | US         | null       | 2024-01-01 00:00:00Z",
            ),
            (
                "src_area_parents",
                "answer_id | area_id  | parent_id | is_ended | fetched_at
                 a         | kowloon  | hk        | false    | 2024-01-01 00:00:00Z
                 a         | hk       | china     | false    | 2024-01-01 00:00:00Z
                 a         | nuuk     | gl        | false    | 2024-01-01 00:00:00Z
                 a         | gl       | denmark   | false    | 2024-01-01 00:00:00Z
                 a         | san-juan | pr        | false    | 2024-01-01 00:00:00Z
                 a         | pr       | us        | false    | 2024-01-01 00:00:00Z
                 a         | hamilton | bm        | false    | 2024-01-01 00:00:00Z
                 a         | bm       | uk        | false    | 2024-01-01 00:00:00Z
                 a         | il-city  | il        | false    | 2024-01-01 00:00:00Z
                 a         | il       | us        | false    | 2024-01-01 00:00:00Z
                 a         | mo-city  | mo        | false    | 2024-01-01 00:00:00Z
                 a         | mo       | us        | false    | 2024-01-01 00:00:00Z",
            ),
        ],
        "area_id  | city        | subdivision_code | country       | country_code | continent_code
         kowloon  | null        | null             | Hong Kong     | HK           | AS
         hk       | null        | null             | Hong Kong     | HK           | AS
         nuuk     | Nuuk        | null             | Greenland     | GL           | NA
         gl       | null        | null             | Greenland     | GL           | NA
         san-juan | San Juan    | null             | Puerto Rico   | PR           | NA
         pr       | null        | null             | Puerto Rico   | PR           | NA
         hamilton | Hamilton    | null             | Bermuda       | BM           | NA
         bm       | null        | null             | Bermuda       | BM           | NA
         il-city  | Springfield | US-IL            | United States | US           | NA
         il       | null        | US-IL            | United States | US           | NA
         mo-city  | Springfield | US-MO            | United States | US           | NA
         mo       | null        | US-MO            | United States | US           | NA
         us       | null        | null             | United States | US           | NA
         china    | null        | null             | null          | null         | null
         denmark  | null        | null             | null          | null         | null
         uk       | null        | null             | null          | null         | null",
    );
}

/// B18: the country where an artist lives went before the town they come from.
#[test]
fn artists_come_from_where_they_began() {
    check(
        "int_artist_origins",
        &[
            (
                "int_artist_facts_chosen",
                "artist_mbid | begin_area_id | area_id | country_code
                 m1          | london        | hk      | HK
                 m2          | null          | hk      | HK
                 m3          | new           | null    | GB
                 m4          | new           | hk      | HK
                 m5          | null          | null    | XW
                 m6          | old-london    | null    | null
                 m7          | new           | null    | null
                 m8          | null          | null    | null",
            ),
            (
                "int_area_levels",
                "area_id | country        | country_code
                 london  | United Kingdom | GB
                 hk      | Hong Kong      | HK
                 new     | null           | null",
            ),
            (
                "src_areas",
                "answer_id | area_id | asked_id   | fetched_at
                 a         | london  | old-london | 2024-01-01 00:00:00Z",
            ),
        ],
        "artist_mbid | location_id | origin_of
         m1          | london      | begin_area
         m2          | hk          | area
         m3          | country:GB  | country
         m4          | hk          | area
         m5          | country:XW  | country
         m6          | london      | begin_area
         m7          | new         | begin_area",
    );
}

#[test]
fn places_are_areas_and_countries_known_by_their_code() {
    check(
        "dim_location",
        &[
            (
                "src_areas",
                "answer_id | area_id | area_name | area_type | iso_3166_1 | fetched_at
                 a         | uk      | UK        | Country   | GB         | 2024-01-01 00:00:00Z",
            ),
            (
                "src_area_parents",
                "answer_id | area_id | parent_id | parent_name | parent_type | is_ended | fetched_at
                 a         | london  | uk        | Kingdom     | Country     | false    | 2024-01-01 00:00:00Z",
            ),
            (
                "src_artists",
                "answer_id | service     | artist_ref | country_code | area_id | area_name | fetched_at
                 a         | musicbrainz | m1         | GB           | london  | London    | 2024-01-01 00:00:00Z
                 a         | musicbrainz | m2         | SU           | null    | null      | 2024-01-01 00:00:00Z
                 a         | musicbrainz | m3         | XW           | null    | null      | 2024-01-01 00:00:00Z
                 a         | musicbrainz | m4         | QQ           | null    | null      | 2024-01-01 00:00:00Z",
            ),
        ],
        "location_id | location_name  | location_kind | country_code | country        | code_kind | continent_code | coordinates_precision
         uk          | UK             | country       | GB           | United Kingdom | iso       | EU             | country_centroid
         london      | London         | area          | GB           | United Kingdom | iso       | EU             | country_centroid
         country:GB  | United Kingdom | country       | GB           | United Kingdom | iso       | EU             | country_centroid
         country:SU  | Soviet Union   | country       | SU           | Soviet Union   | historic  | EU             | country_centroid
         country:XW  | Worldwide      | country       | XW           | Worldwide      | region    | null           | unknown
         country:QQ  | QQ             | country       | QQ           | QQ             | null      | null           | unknown
         unknown     | Unknown place  | area          | null         | null           | null      | null           | unknown",
    );
}

/// B18: points on both sides of the date line were averaged.
#[test]
fn nobodys_plays_are_missing_on_the_map() {
    check(
        "rpt_world_map",
        &[
            (
                "fct_track_played",
                "play_id | account_id | artist_id | is_music | is_counted | ms_listened
                 p1      | a          | ann       | true     | true       | 60000
                 p2      | a          | ann2      | true     | false      | 60000
                 p3      | a          | fiji      | true     | true       | null
                 p4      | a          | nobody    | true     | true       | 30000
                 p5      | a          | unknown   | true     | true       | 30000
                 p6      | a          | ann       | false    | true       | 99999",
            ),
            (
                "dim_artist",
                "artist_id | artist_group_id | location_id
                 ann       | mbid:m          | suva
                 ann2      | mbid:m          | suva
                 fiji      | fiji            | country:FJ
                 nobody    | nobody          | unknown
                 unknown   | unknown         | unknown",
            ),
            (
                "dim_location",
                "location_id | location_name | country_code | country | continent_code | coordinates_precision | latitude | longitude
                 suva        | Suva          | FJ           | Fiji    | OC             | exact_area            | -18.1    | -178.4
                 country:FJ  | Fiji          | FJ           | Fiji    | OC             | country_centroid      | -17.7134 | 178.065
                 unknown     | Unknown place | null         | null    | null           | unknown               | null     | null",
            ),
            ("dim_account", "account_id | account_name\n a | Ann"),
        ],
        "map_level | map_id     | map_name      | plays | counted_plays | artists | minutes_listened | latitude | longitude
         place     | suva       | Suva          | 2     | 1             | 1       | 2.0              | -18.1    | -178.4
         place     | country:FJ | Fiji          | 1     | 1             | 1       | 0.0              | -17.7134 | 178.065
         place     | unknown    | Unknown place | 2     | 2             | 1       | 1.0              | null     | null
         country   | FJ         | Fiji          | 3     | 2             | 2       | 2.0              | -17.7134 | 178.065
         country   | unknown    | Unknown place | 2     | 2             | 1       | 1.0              | null     | null",
    );
}
