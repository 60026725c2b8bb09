//! The wordmark, drawn with the colours of the page.

use yew::prelude::*;

/// The key.
const KEY: &str = "M14.4 17a6.2 6.2 0 1 0-12.4 0 6.2 6.2 0 0 0 12.4 0h13.1M22 17v4.6M27.5 17v6.2";

/// The word.
const WORD: &str = "M39 5v19M39 17.5a5 5.5 0 0 1 10 0V24M55 12v6.5a5 5.5 0 0 0 10 0V12M65 12v12M78.2 14.2c-.8-1.4-2.1-2.2-3.9-2.2-2.2 0-3.8 1.2-3.8 3 0 4.4 8.1 1.7 8.1 5.8 0 1.9-1.7 3.2-4.1 3.2-2 0-3.6-.9-4.5-2.5M85 5v19M85 17.5a5 5.5 0 0 1 10 0V24M101.5 5v19M110.5 12l-9 7M105 16.3l6 7.7M114.8 18h11.1a5.7 6 0 1 0-1.7 4.4M131 12l4.9 11.4M141 12l-6 15.2c-.7 1.8-1.7 2.6-3.6 2.6";

/// `assets/wordmark.svg`, in the page's own colours.
pub(crate) fn wordmark() -> Html {
    html! {
        <>
            <span class="hidden">{ "Hushkey" }</span>
            <svg class="wordmark" viewBox="0 0 143 36" aria-hidden="true">
                <path class="wordmark-key" d={KEY} />
                <path d={WORD} />
            </svg>
        </>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_and_the_first_paint_show_the_same_wordmark() {
        for drawing in [include_str!("../../../assets/wordmark.svg"), include_str!("../../../index.html")] {
            assert!(drawing.contains(KEY) && drawing.contains(WORD));
        }
    }
}
