//! Answers that services give, and whole runs of the program against simulated services.

mod answers;
mod recorded;
