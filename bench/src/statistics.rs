//! What many measurements have in common.

/// Measurements of one thing, in order of size.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sample(Vec<f64>);

impl FromIterator<f64> for Sample {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        Self(values)
    }
}

impl Sample {
    /// The middle one, or the mean of the two in the middle.
    pub(crate) fn median(&self) -> Option<f64> {
        let count = self.0.len();
        let (below, above) = (self.0.get(count.checked_sub(1)? / 2)?, self.0.get(count / 2)?);
        Some(f64::midpoint(*below, *above))
    }

    /// The least.
    pub(crate) fn minimum(&self) -> Option<f64> {
        self.0.first().copied()
    }

    /// The least one that nine in ten do not exceed.
    pub(crate) fn p90(&self) -> Option<f64> {
        let rank = (self.0.len() * 9).div_ceil(10);
        self.0.get(rank.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(values: &[f64]) -> Sample {
        values.iter().copied().collect()
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(sample(&[9.0, 1.0, 5.0]).median(), Some(5.0));
        assert_eq!(sample(&[9.0, 1.0, 4.0, 6.0]).median(), Some(5.0));
        assert_eq!(sample(&[7.0]).median(), Some(7.0));
    }

    #[test]
    fn nine_in_ten_are_not_above_p90() {
        assert_eq!((1..=10).map(f64::from).collect::<Sample>().p90(), Some(9.0));
        assert_eq!((1..=22).rev().map(f64::from).collect::<Sample>().p90(), Some(20.0));
        assert_eq!(sample(&[3.0]).p90(), Some(3.0));
    }

    #[test]
    fn the_minimum_is_the_least_and_nothing_has_no_statistics() {
        assert_eq!(sample(&[3.0, -1.0, 2.0]).minimum(), Some(-1.0));
        let nothing = Sample::default();
        assert_eq!((nothing.median(), nothing.minimum(), nothing.p90()), (None, None, None));
    }
}
