//! Bodies that trickle, never end, or break off.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Bytes;
use http_body::{Body, Frame};

/// What a body does, step by step.
pub(super) enum Step {
    /// Sends these bytes.
    Send(Bytes),
    /// Lets everything so far go out.
    Flush,
    /// Waits.
    Pause(Duration),
    /// Says that everything was sent.
    Tell(Box<dyn FnOnce() + Send>),
    /// Ends the connection.
    Break,
}

/// A body that follows a script.
pub(super) struct Script {
    steps: VecDeque<Step>,
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Script {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect(), pause: None }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        loop {
            if let Some(pause) = &mut self.pause {
                match pause.as_mut().poll(context) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(()) => self.pause = None,
                }
            }
            match self.steps.pop_front() {
                None => return Poll::Ready(None),
                Some(Step::Send(bytes)) => return Poll::Ready(Some(Ok(Frame::data(bytes)))),
                Some(Step::Flush) => {
                    // The connection flushes whenever its body has nothing to give.
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Step::Pause(pause)) => self.pause = Some(Box::pin(tokio::time::sleep(pause))),
                Some(Step::Tell(tell)) => tell(),
                Some(Step::Break) => {
                    let error = std::io::Error::other("the simulator broke the connection, as it was asked to");
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}
