//! Who is better asked about apart from the others.

use std::collections::BTreeMap;

use lake::cache::Subject;

use super::Situation;
use crate::question::Question;

impl Situation<'_> {
    /// The questions as they are asked: what was refused or got no answer lately is in smaller
    /// ones, which come last. So one subject that a service chokes on is alone at last, and nobody
    /// else has to wait for it.
    pub(super) fn cut(&self, questions: Vec<Question>) -> Vec<Question> {
        let (mut whole, mut apart) = (Vec::new(), Vec::new());
        for Question { service, method, kind, subjects } in questions {
            let most = subjects.len();
            let mut by_room: BTreeMap<usize, Vec<Subject>> = BTreeMap::new();
            for subject in subjects {
                let failures = self.failures.times(method, &subject.id, self.now);
                let refused = self.known.refused_among(kind, method, &subject.id, self.now);
                let room = refused.map_or(most, |refused| most.min(refused / 10)) >> failures.min(16);
                let room = if failures == 0 && refused.is_none() { usize::MAX } else { room.max(1) };
                by_room.entry(room).or_default().push(subject);
            }
            for (room, subjects) in by_room {
                let questions = if room == usize::MAX { &mut whole } else { &mut apart };
                let chunks = subjects.chunks(room.min(most.max(1)));
                questions.extend(chunks.map(|chunk| Question { service, method, kind, subjects: chunk.to_vec() }));
            }
        }
        whole.extend(apart);
        whole
    }
}
