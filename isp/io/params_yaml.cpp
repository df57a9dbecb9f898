#include "isp/io/params_yaml.h"

#include <algorithm>
#include <cmath>

#include "isp/io/yaml_document.h"

namespace argent {
namespace {

std::string value_text(const Field& field) {
  if (std::holds_alternative<std::span<float>>(field.value)) return "[" + text_of(field) + "]";
  if (std::holds_alternative<std::string*>(field.value)) return yaml_text(text_of(field));
  return text_of(field);
}

std::string number_text(double value) {
  auto stored = static_cast<float>(value);
  return text_of({"", &stored, {}});
}

std::string range_text(const Field& field) {
  std::string text;
  if (const auto* choice = std::get_if<Choice>(&field.value)) {
    for (std::string_view name : choice->names) text += (text.empty() ? "" : " | ") + std::string(name);
    return text;
  }
  const bool from = std::isfinite(field.bounds.min), to = std::isfinite(field.bounds.max);
  if (from && to) return number_text(field.bounds.min) + " to " + number_text(field.bounds.max);
  if (from) return ">= " + number_text(field.bounds.min);
  return to ? "<= " + number_text(field.bounds.max) : text;
}

/// "  # kelvin, 1000 to 20000: of the light"
std::string comment_text(const Field& field) {
  std::string text = field.bounds.unit;
  const std::string range = range_text(field);
  if (!range.empty()) text += (text.empty() ? "" : ", ") + range;
  if (*field.bounds.doc != '\0') text += (text.empty() ? "" : ": ") + std::string(field.bounds.doc);
  return text.empty() ? "" : "  # " + text;
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::size_t dot = 0; (dot = path.find('.')) != std::string_view::npos; path.remove_prefix(dot + 1))
    parts.push_back(path.substr(0, dot));
  parts.push_back(path);
  return parts;
}

}  // namespace

void read_yaml(const std::vector<Field>& fields, std::string_view yaml, std::string_view source) {
  read_fields(fields, parse_yaml(yaml, source), "", source);
}

std::string write_yaml(const std::vector<Field>& fields) {
  std::string yaml;
  std::vector<std::string_view> open;  // groups the last line stands in
  for (const Field& field : fields) {
    std::vector<std::string_view> parts = parts_of(field.path);
    const std::string_view name = parts.back();
    parts.pop_back();
    std::size_t depth = static_cast<std::size_t>(std::mismatch(open.begin(), open.end(), parts.begin(), parts.end()).first - open.begin());
    for (; depth < parts.size(); depth++) yaml += std::string(2 * depth, ' ') + std::string(parts[depth]) + ":\n";
    yaml += std::string(2 * depth, ' ') + std::string(name) + ": " + value_text(field) + comment_text(field) + "\n";
    open = std::move(parts);
  }
  return yaml;
}

}  // namespace argent
