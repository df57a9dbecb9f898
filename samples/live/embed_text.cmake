# cmake -DOUTPUT=x.cpp -DPARTS=/path|type|file;... -P embed_text.cmake: files as the page_parts() of samples/live/dashboard_page.h.
set(arrays "")
set(rows "")
set(index 0)
foreach(part IN LISTS PARTS)
  string(REGEX MATCH "^([^|]*)\\|([^|]*)\\|(.*)$" whole "${part}")
  set(path ${CMAKE_MATCH_1})
  set(type ${CMAKE_MATCH_2})
  file(READ ${CMAKE_MATCH_3} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "constexpr char kPart${index}[] = {${bytes}};\n")
  string(APPEND rows "    {\"${path}\", \"${type}\", {kPart${index}, sizeof(kPart${index})}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"samples/live/dashboard_page.h\"

namespace argent {
namespace {

${arrays}
constexpr PagePart kParts[] = {
${rows}};

}  // namespace

std::span<const PagePart> page_parts() { return kParts; }

}  // namespace argent
")
