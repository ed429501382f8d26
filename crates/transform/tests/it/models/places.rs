//! Places: what areas lie in, where they are, and where artists come from.

use super::check;

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
