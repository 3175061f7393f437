//! Randomness that can be repeated: SplitMix64. Nothing here is a secret.

use serde::{Deserialize, Serialize};

#[derive(Clone, Serialize, Deserialize)]
pub struct Random(u64);

impl Random {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Less than `end`; 0 where there is no room.
    pub fn below(&mut self, end: i64) -> i64 {
        u64::try_from(end)
            .ok()
            .filter(|end| *end > 0)
            .and_then(|end| i64::try_from(self.next() % end).ok())
            .unwrap_or(0)
    }

    /// Whether something happens that happens so many times of a hundred.
    pub fn happens(&mut self, percent: u8) -> bool {
        self.below(100) < i64::from(percent)
    }

    /// Letters and digits, for ids.
    pub fn word(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 62] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..length)
            .map(|_| char::from(LETTERS[usize::try_from(self.next() % 62).unwrap_or(0)]))
            .collect()
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = usize::try_from(self.next() % (last as u64 + 1)).unwrap_or(0);
            items.swap(last, other);
        }
    }
}
