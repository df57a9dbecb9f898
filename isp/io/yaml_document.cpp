#include "isp/io/yaml_document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <istream>
#include <set>
#include <streambuf>
#include <system_error>

#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

constexpr std::size_t kMaxDepth = 16;

/// yaml-cpp looks ahead to the end of a flow collection and recurses into it: what nobody writes by hand is refused before it starts.
constexpr int kMaxOpenBrackets = 200;

std::string at_line(std::string_view source, int line) { return std::string(source) + ":" + std::to_string(line); }

void check_brackets(std::string_view yaml, std::string_view source) {
  int open = 0, line = 1;
  for (char c : yaml) {
    if (c == '\n') line++;
    if (c == '[' || c == '{') open++;
    if ((c == ']' || c == '}') && open > 0) open--;
    if (open > kMaxOpenBrackets) throw Error(at_line(source, line) + ": more than " + std::to_string(kMaxOpenBrackets) + " open brackets");
  }
}

/// Builds the tree from the parser's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view source, DuplicateKeys duplicates) : source_(source), duplicates_(duplicates) {}

  YamlNode take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(mark, anchor, YamlNode::Kind::kNull, {}, {}); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { fail(mark, "aliases are not accepted"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    add(mark, anchor, YamlNode::Kind::kScalar, value, tag);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::kList);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::kMap);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    std::set<std::string, std::less<>> known;
    bool wants_key = true;
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& what) const {
    throw Error(at_line(source_, mark.line + 1) + ": " + what);
  }

  void check_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != YAML::NullAnchor) fail(mark, "anchors are not accepted");
  }

  void add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind, const std::string& value, const std::string& tag) {
    check_anchor(mark, anchor);
    if (!open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && open_.back().wants_key) {
      if (kind != YamlNode::Kind::kScalar) fail(mark, "a key is empty");
      add_key(mark, value);
    } else {
      YamlNode node;
      node.kind = kind;
      node.line = mark.line + 1;
      node.scalar = value;
      node.quoted = tag == "!";  // yaml-cpp's tag of what stood in quotes
      add_value(std::move(node));
    }
  }

  void add_key(const YAML::Mark& mark, const std::string& key) {
    Open& map = open_.back();
    const bool is_new = map.known.insert(key).second;
    if (!is_new && duplicates_ == DuplicateKeys::kRefused) fail(mark, "key " + shown(key) + " is given twice");
    map.node.keys.push_back(key);
    map.node.key_lines.push_back(mark.line + 1);
    map.wants_key = false;
  }

  void add_value(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    open_.back().node.items.push_back(std::move(node));
    open_.back().wants_key = true;
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    check_anchor(mark, anchor);
    if (open_.size() >= kMaxDepth) fail(mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
    if (!open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && open_.back().wants_key) fail(mark, "a key is not a word");
    Open& opened = open_.emplace_back();
    opened.node.kind = kind;
    opened.node.line = mark.line + 1;
  }

  void close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    add_value(std::move(node));
  }

  std::string_view source_;
  DuplicateKeys duplicates_;
  YamlNode root_;
  std::vector<Open> open_;
};

/// A stream over text that stays where it is.
class TextBuffer : public std::streambuf {
 public:
  explicit TextBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // streambuf's interface; nothing is written
    setg(begin, begin, begin + text.size());
  }
};

/// The rest of one path: a field's value, or a group of fields.
void read_field(const std::vector<Field>& fields, const YamlNode& node, const std::string& path, std::string_view source) {
  const std::string place = place_of(node, source);
  const bool is_group = std::any_of(fields.begin(), fields.end(), [&](const Field& field) { return field.path.starts_with(path + "."); });
  if (is_group) {
    read_fields(fields, node, path + ".", source);
    return;
  }
  const Field& field = find(fields, path, place);
  const bool is_list = std::holds_alternative<std::span<float>>(field.value);
  std::string text = node.scalar;
  if (is_list && node.kind == YamlNode::Kind::kList) {
    for (const YamlNode& item : node.items) {
      if (item.kind != YamlNode::Kind::kScalar) {
        throw Error(place_of(item, source) + ": " + path + " holds " + std::string(name_of(item.kind)) + ", expected numbers");
      }
      text += (text.empty() ? "" : ", ") + item.scalar;
    }
  } else if (node.kind != YamlNode::Kind::kScalar) {
    throw Error(place + ": " + path + " is " + std::string(name_of(node.kind)) + ", expected " + (is_list ? "a list" : "a value"));
  }
  assign(field, text, place);
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

YamlNode take(YamlNode& map, std::string_view key) {
  const auto found = std::find(map.keys.begin(), map.keys.end(), key);
  if (map.kind != YamlNode::Kind::kMap || found == map.keys.end()) return {};
  const auto at = found - map.keys.begin();
  YamlNode node = std::move(map.items[static_cast<std::size_t>(at)]);
  map.keys.erase(found);
  if (static_cast<std::size_t>(at) < map.key_lines.size()) map.key_lines.erase(map.key_lines.begin() + at);
  map.items.erase(map.items.begin() + at);
  return node;
}

YamlNode parse_yaml(std::string_view yaml, std::string_view source, DuplicateKeys duplicates) {
  if (yaml.size() > kMaxYamlBytes) {
    throw Error(std::string(source) + ": " + std::to_string(yaml.size()) + " bytes, expected at most " + std::to_string(kMaxYamlBytes));
  }
  if (yaml.find('\0') != std::string_view::npos) throw Error(std::string(source) + ": is not a text: holds a zero byte");
  check_brackets(yaml, source);
  TextBuffer buffer(yaml);
  std::istream stream(&buffer);
  TreeBuilder builder(source, duplicates);
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    YamlNode root = builder.take_root();
    if (parser.HandleNextDocument(builder)) throw Error(std::string(source) + ": holds a second document, expected one");
    return root;
  } catch (const YAML::Exception& error) {
    throw Error(at_line(source, error.mark.line + 1) + ": is not YAML: " + error.msg);
  }
}

std::string read_yaml_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw Error(path.string() + ": no such file");
  if (!std::filesystem::is_regular_file(status)) throw Error(path.string() + ": is not a file");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string() + ": cannot be read");
  std::string text(kMaxYamlBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) throw Error(path.string() + ": cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  text.shrink_to_fit();
  if (text.size() > kMaxYamlBytes) throw Error(path.string() + ": more than " + std::to_string(kMaxYamlBytes) + " bytes");
  return text;
}

std::string place_of(const YamlNode& node, std::string_view source) { return at_line(source, node.line); }

std::string_view name_of(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kScalar:
      return "a single value";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
    case YamlNode::Kind::kNull:
      break;
  }
  return "empty";
}

void read_fields(const std::vector<Field>& fields, const YamlNode& map, const std::string& prefix, std::string_view source) {
  if (map.kind == YamlNode::Kind::kNull) return;  // a group whose lines are all commented out
  if (map.kind != YamlNode::Kind::kMap) {
    const std::string what = prefix.empty() ? "the document" : prefix.substr(0, prefix.size() - 1);
    throw Error(place_of(map, source) + ": " + what + " is " + std::string(name_of(map.kind)) + ", expected a map");
  }
  for (std::size_t i = 0; i < map.keys.size(); i++) {
    // Groups are nested, never dotted: else one value could be given twice.
    if (map.keys[i].find('.') != std::string::npos) {
      throw Error(place_of(map.items[i], source) + ": key " + shown(map.keys[i]) + " has a dot, expected nested maps");
    }
    read_field(fields, map.items[i], prefix + map.keys[i], source);
  }
}

std::string yaml_text(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string quoted = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

}  // namespace argent
