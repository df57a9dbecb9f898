// samples/plot_page.h - the shell of a page of plots that stands alone: one HTML file, nothing fetched, drawn by dygraphs.
#pragma once

#include <string>
#include <string_view>

namespace argent {

/// More rules of style, and functions that a page's own scripts call.
struct PageParts {
  std::string_view style, script;
};

/// The whole page around `body`, which may use the classes `plots` (a grid of figures) and `plot` (what dygraphs draws into). Dygraphs'
/// script and style (Debian's libjs-dygraphs) are put into the page. Throws Error when they are not installed.
std::string plot_page(std::string_view title, std::string_view body, const PageParts& more);

/// Text as HTML shows it, also inside a quoted attribute.
std::string html_of(std::string_view text);

}  // namespace argent
