// samples/live/dashboard_page.h - the dashboard's page and its parts, as CMake put them into the program (embed_text.cmake).
#pragma once

#include <span>
#include <string_view>

namespace argent {

struct PagePart {
  std::string_view path, type, text;  ///< "/dashboard.js", "text/javascript", its content
};

std::span<const PagePart> page_parts();

}  // namespace argent
