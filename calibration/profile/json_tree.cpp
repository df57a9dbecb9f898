#include "calibration/profile/json_tree.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "isp/number_text.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

std::string quoted_json(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    char code[8];
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// Digits stay as they are, but for what YAML takes for a number and JSON does not: ".5", "+3".
std::string scalar_text(const YamlNode& node, std::string_view source) {
  const std::string& text = node.scalar;
  if (node.quoted) return quoted_json(text);
  if (text == "true" || text == "false") return text;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  std::string_view word = text;
  word.remove_prefix(std::min(word.size(), word.find_first_not_of("+-.")));
  const bool is_number = !text.empty() && end == text.c_str() + text.size();
  const auto same = [&](std::string_view other) {
    return word.size() == other.size() &&
           std::equal(word.begin(), word.end(), other.begin(), [](char a, char b) { return (a | 0x20) == b; });
  };
  if ((is_number && !std::isfinite(value)) || same("nan") || same("inf")) {
    throw Error(place_of(node, source), ": ", text, " is no finite number, which JSON cannot say");
  }
  if (!is_number) return quoted_json(text);
  return is_json_number(text) ? text : shortest_text(value);
}

/// Items in one line of a list, which is a key's value.
std::size_t row_length(std::size_t count, std::string_view key) {
  if (key == "ct_curve") return 3;
  constexpr std::size_t kRows[][2] = {{1024, 32}, {192, 16}, {225, 15}, {81, 9}, {64, 8}, {289, 17}, {9, 3}};
  for (const auto& [n, row] : kRows) {
    if (count == n) return row;
  }
  return count <= 15 ? 15 : 8;
}

class Writer {
 public:
  explicit Writer(std::string_view source) : source_(source) {}

  void write(const YamlNode& node, int depth, std::string_view key = {}) {
    switch (node.kind) {
      case YamlNode::Kind::kNull:
        out_ += "null";
        break;
      case YamlNode::Kind::kScalar:
        out_ += scalar_text(node, source_);
        break;
      case YamlNode::Kind::kList:
        write_list(node, depth, key);
        break;
      case YamlNode::Kind::kMap:
        write_map(node, depth);
        break;
    }
  }

  std::string take() { return std::move(out_) + "\n"; }

 private:
  void new_line(int depth) { out_ += "\n" + std::string(4 * static_cast<std::size_t>(depth), ' '); }

  void write_list(const YamlNode& list, int depth, std::string_view key) {
    std::size_t count = list.items.size();
    if (count > 0 && list.items.back().kind == YamlNode::Kind::kNull) count--;  // a trailing comma's
    if (count == 0) {
      out_ += "[]";
      return;
    }
    const auto first = list.items.begin(), last = first + static_cast<std::ptrdiff_t>(count);
    const bool flat = std::all_of(first, last, [](const YamlNode& item) { return item.kind == YamlNode::Kind::kScalar; });
    const std::size_t row = flat ? row_length(count, key) : 1;
    const bool wraps = !flat || count > row;
    out_ += wraps ? "[" : "[ ";
    for (std::size_t i = 0; i < count; i++) {
      if (wraps && i % row == 0) {
        new_line(depth + 1);
      } else if (i > 0) {
        out_ += ' ';
      }
      write(list.items[i], depth + 1);
      if (i + 1 < count) out_ += ',';
    }
    if (wraps) new_line(depth);
    out_ += wraps ? "]" : " ]";
  }

  void write_map(const YamlNode& map, int depth) {
    out_ += "{";
    for (std::size_t i = 0; i < map.keys.size(); i++) {
      new_line(depth + 1);
      out_ += quoted_json(map.keys[i]) + ": ";
      write(map.items[i], depth + 1, map.keys[i]);
      if (i + 1 < map.keys.size()) out_ += ',';
    }
    if (!map.keys.empty()) new_line(depth);
    out_ += "}";
  }

  std::string_view source_;
  std::string out_;
};

}  // namespace

YamlNode json_text(std::string_view text) {
  YamlNode node = json_literal(text);
  node.quoted = true;
  return node;
}

YamlNode json_literal(std::string_view text) {
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.scalar = text;
  return node;
}

YamlNode json_number(float value) { return json_literal(shortest_text(value)); }

YamlNode json_numbers(std::span<const float> values, int decimals) {
  std::vector<YamlNode> items;
  const double scale = std::pow(10.0, decimals);
  for (float value : values) items.push_back(json_literal(shortest_text(std::round(static_cast<double>(value) * scale) / scale + 0.0)));
  return json_list(std::move(items));
}

YamlNode json_list(std::vector<YamlNode> items) {
  YamlNode node;
  node.kind = YamlNode::Kind::kList;
  node.items = std::move(items);
  return node;
}

YamlNode json_map(std::vector<std::pair<std::string, YamlNode>> entries) {
  YamlNode node;
  node.kind = YamlNode::Kind::kMap;
  for (auto& [key, value] : entries) set_in(node, key, std::move(value));
  return node;
}

YamlNode* find_in(YamlNode& map, std::string_view key) {
  const auto found = std::find(map.keys.begin(), map.keys.end(), key);
  return found == map.keys.end() ? nullptr : &map.items[static_cast<std::size_t>(found - map.keys.begin())];
}

void set_in(YamlNode& map, std::string_view key, YamlNode value) {
  if (YamlNode* found = find_in(map, key)) {
    *found = std::move(value);
    return;
  }
  map.keys.emplace_back(key);
  map.key_lines.push_back(map.line);
  map.items.push_back(std::move(value));
}

bool is_json_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t begin = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') i++;
    return i - begin;
  };
  if (i < text.size() && text[i] == '-') i++;
  const bool leading_zero = i < text.size() && text[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    i++;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    i++;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) i++;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

std::string write_json(const YamlNode& root, std::string_view source) {
  Writer writer(source);
  writer.write(root, 0);
  return writer.take();
}

}  // namespace argent
