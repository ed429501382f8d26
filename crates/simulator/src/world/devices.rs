//! What people listen on.

use crate::dice::Dice;

/// Since 2023-10-19 exports name platforms coarsely.
const COARSE_FROM_MS: i64 = 1_697_673_600_000;

/// A device under its two names.
pub(super) struct Device {
    fine: &'static str,
    coarse: &'static str,
}

impl Device {
    /// What an export calls it when a play ends at this moment.
    pub(super) fn name_at(&self, ended_ms: i64) -> &'static str {
        if ended_ms < COARSE_FROM_MS { self.fine } else { self.coarse }
    }
}

/// All devices, the most used first.
pub(super) const DEVICES: [Device; 8] = [
    Device { fine: "Android OS 11 API 30 (samsung, SM-G975F)", coarse: "android" },
    Device { fine: "iOS 15.6 (iPhone14,5)", coarse: "ios" },
    Device { fine: "Windows 10 (10.0.19044; x64)", coarse: "windows" },
    Device { fine: "Linux [x86-64 0]", coarse: "linux" },
    Device { fine: "OS X 12.6.0 [arm 2]", coarse: "osx" },
    Device { fine: "web_player windows 10;chrome 105.0.0.0;desktop", coarse: "web_player" },
    Device { fine: "Partner google cast_tv;Chromecast;;", coarse: "cast" },
    Device { fine: "Partner tizen tv", coarse: "not_applicable" },
];

/// A device, by its place in [`DEVICES`].
pub(super) fn choose(dice: &mut Dice) -> u8 {
    dice.low_below(DEVICES.len()) as u8
}
