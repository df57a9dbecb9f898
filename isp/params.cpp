#include "isp/params.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>
#include <type_traits>

#include "isp/number_text.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

template <class Names>
std::string joined(const Names& names) {
  std::string list;
  for (const auto& name : names) {
    if (!list.empty()) list += ", ";
    list += name;
  }
  return list;
}

/// "tone.contrast = abc", where and what an error is about.
std::string subject(const Field& field, std::string_view value, std::string_view source) {
  return std::string(source) + ": " + field.path + " = " + shown(value);
}

[[noreturn]] void fail_to_read(const Field& field, std::string_view text, std::string_view source, const std::string& expected) {
  throw Error(subject(field, text, source) + ", expected " + expected);
}

/// Bounds are compared as the type of the value: 0.1f is larger than 0.1.
template <class Number>
void check_bounds(const Field& field, Number value, std::string_view source) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(value)) fail_to_read(field, shortest_text(value), source, "a finite number");
  }
  const auto violates = [&](const char* relation, double bound) {
    throw Error(subject(field, shortest_text(value), source) + " violates " + field.path + relation + shortest_text(bound));
  };
  const auto as_stored = [](double bound) {
    return std::is_same_v<Number, float> ? static_cast<double>(static_cast<float>(bound)) : bound;
  };
  if (value < as_stored(field.bounds.min)) violates(" >= ", field.bounds.min);
  if (value > as_stored(field.bounds.max)) violates(" <= ", field.bounds.max);
}

void check_choice(const Field& field, const Choice& choice, std::string_view source) {
  const int index = choice.get(choice.storage);
  if (index >= 0 && static_cast<std::size_t>(index) < choice.names.size()) return;
  fail_to_read(field, std::to_string(index), source, "one of " + joined(choice.names));
}

template <class Number>
Number number_of(const Field& field, std::string_view text, std::string_view all, std::string_view source) {
  const char* expected = std::is_integral_v<Number> ? "a whole number" : "a number";
  std::string_view digits = trimmed(text);
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error == std::errc::invalid_argument || end != digits.data() + digits.size()) {
    fail_to_read(field, all, source, expected);
  }
  if (error == std::errc::result_out_of_range) fail_to_read(field, all, source, std::string(expected) + " of a size that can be held");
  check_bounds(field, value, source);
  return value;
}

bool truth_of(const Field& field, std::string_view text, std::string_view source) {
  const std::string_view word = trimmed(text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  fail_to_read(field, text, source, "true or false");
}

int choice_of(const Field& field, const Choice& choice, std::string_view text, std::string_view source) {
  const auto name = std::find(choice.names.begin(), choice.names.end(), trimmed(text));
  if (name == choice.names.end()) fail_to_read(field, text, source, "one of " + joined(choice.names));
  return static_cast<int>(name - choice.names.begin());
}

std::vector<float> numbers_of(const Field& field, std::size_t count, std::string_view text, std::string_view source) {
  const std::string expected = std::to_string(count) + " numbers";
  std::vector<float> values;
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    if (values.size() == count) fail_to_read(field, text, source, expected);
    values.push_back(number_of<float>(field, rest.substr(0, comma), text, source));
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (values.size() != count) fail_to_read(field, text, source, expected);
  return values;
}

/// Optimal string alignment: insertions, deletions, substitutions and swapped neighbors count 1.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); j++) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); i++) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); j++) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string range_of(const Field& field) {
  if (const auto* choice = std::get_if<Choice>(&field.value)) return joined(choice->names);
  if (std::holds_alternative<bool*>(field.value)) return "true, false";
  const bool from = std::isfinite(field.bounds.min), to = std::isfinite(field.bounds.max);
  if (from && to) return shortest_text(field.bounds.min) + " to " + shortest_text(field.bounds.max);
  if (from) return ">= " + shortest_text(field.bounds.min);
  return to ? "<= " + shortest_text(field.bounds.max) : "";
}

/// What could stand instead of a path: all paths, or where they are many, what there is in the innermost group that the path does name.
std::vector<std::string_view> alternatives(std::string_view path, const std::vector<std::string_view>& paths) {
  constexpr std::size_t kFew = 12;
  if (paths.size() <= kFew) return paths;
  std::string_view group = path;
  const auto inside = [&](std::string_view other) { return other.starts_with(group); };
  do {
    const std::size_t dot = group.substr(0, group.empty() ? 0 : group.size() - 1).rfind('.');
    group = group.substr(0, dot == std::string_view::npos ? 0 : dot + 1);
  } while (!group.empty() && std::none_of(paths.begin(), paths.end(), inside));
  std::vector<std::string_view> out;
  for (std::string_view other : paths) {
    if (!inside(other)) continue;
    const std::string_view child = other.substr(0, other.find('.', group.size()));
    if (out.empty() || out.back() != child) out.push_back(child);
  }
  return out;
}

}  // namespace

void check(const std::vector<Field>& fields, std::string_view source) {
  for (const Field& field : fields) {
    std::visit(Overloaded{[&](const float* v) { check_bounds(field, *v, source); }, [&](const int* v) { check_bounds(field, *v, source); },
                          [](const bool*) {}, [](const std::string*) {},
                          [&](std::span<float> values) {
                            for (float value : values) check_bounds(field, value, source);
                          },
                          [&](const Choice& choice) { check_choice(field, choice, source); }},
               field.value);
  }
}

const Field& find(const std::vector<Field>& fields, std::string_view path, std::string_view source) {
  std::vector<std::string_view> paths;
  for (const Field& field : fields) {
    if (field.path == path) return field;
    paths.push_back(field.path);
  }
  std::string_view meant = nearest(path, paths);
  for (std::size_t i = 0; meant.empty() && !path.empty() && i < paths.size(); i++) {
    if (paths[i].ends_with("." + std::string(path))) meant = paths[i];  // the right name without its group
  }
  throw Error(std::string(source) + ": unknown key " + shown(path) +
              (!meant.empty() ? ", did you mean " + std::string(meant) : ", expected one of " + joined(alternatives(path, paths))));
}

void assign(const Field& field, std::string_view text, std::string_view source) {
  std::visit(Overloaded{[&](float* v) { *v = number_of<float>(field, text, text, source); },
                        [&](int* v) { *v = number_of<int>(field, text, text, source); },
                        [&](bool* v) { *v = truth_of(field, text, source); }, [&](std::string* v) { *v = text; },
                        [&](std::span<float> v) {
                          const std::vector<float> values = numbers_of(field, v.size(), text, source);
                          std::copy(values.begin(), values.end(), v.begin());
                        },
                        [&](const Choice& choice) { choice.set(choice.storage, choice_of(field, choice, text, source)); }},
             field.value);
}

void assign(const std::vector<Field>& fields, std::string_view assignment, std::string_view source) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    throw Error(std::string(source) + ": \"" + shown(assignment) + "\" has no =, expected key=value");
  }
  assign(find(fields, trimmed(assignment.substr(0, equals)), source), assignment.substr(equals + 1), source);
}

std::string text_of(const Field& field) {
  return std::visit(Overloaded{[](const float* v) { return shortest_text(*v); }, [](const int* v) { return shortest_text(*v); },
                               [](const bool* v) { return std::string(*v ? "true" : "false"); }, [](const std::string* v) { return *v; },
                               [](std::span<float> values) {
                                 std::vector<std::string> texts;
                                 for (float value : values) texts.push_back(shortest_text(value));
                                 return joined(texts);
                               },
                               [](const Choice& choice) {
                                 const auto index = static_cast<std::size_t>(choice.get(choice.storage));
                                 return std::string(index < choice.names.size() ? choice.names[index] : "?");
                               }},
                    field.value);
}

std::string table_of(const std::vector<Field>& fields) {
  using Row = std::array<std::string, 5>;
  std::vector<Row> rows{{"parameter", "default", "range", "unit", "meaning"}};
  for (const Field& field : fields) rows.push_back({field.path, text_of(field), range_of(field), field.bounds.unit, field.bounds.doc});
  std::array<std::size_t, 5> widths{};
  for (Row& row : rows) {
    for (std::size_t column = 0; column < row.size(); column++) {
      for (std::size_t bar = 0; (bar = row[column].find('|', bar)) != std::string::npos; bar += 2) row[column].insert(bar, "\\");
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  std::string table;
  for (std::size_t i = 0; i < rows.size(); i++) {
    for (std::size_t column = 0; column < widths.size(); column++) {
      table += "| " + rows[i][column] + std::string(widths[column] - rows[i][column].size() + 1, ' ');
    }
    table += "|\n";
    if (i != 0) continue;
    for (std::size_t width : widths) table += "|" + std::string(width + 2, '-');
    table += "|\n";
  }
  return table;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLongest = 200;
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  if (word.empty() || word.size() > kLongest) return best;
  for (std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
}

}  // namespace argent
