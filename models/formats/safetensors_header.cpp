#include "models/formats/safetensors_header.h"

#include <algorithm>
#include <array>
#include <set>

#include "models/formats/mapped_file.h"
#include "models/runtime/error.h"

namespace argent::tensor {
namespace {

struct NamedType {
  std::string_view name;
  DType type;
};
constexpr std::array<NamedType, kDTypes> kTypes = {{{"BOOL", DType::kBool},
                                                    {"U8", DType::kU8},
                                                    {"I8", DType::kI8},
                                                    {"I16", DType::kI16},
                                                    {"I32", DType::kI32},
                                                    {"I64", DType::kI64},
                                                    {"F16", DType::kF16},
                                                    {"BF16", DType::kBF16},
                                                    {"F32", DType::kF32},
                                                    {"F64", DType::kF64}}};

void append_utf8(std::string& text, std::uint32_t code) {
  const auto byte = [&](std::uint32_t bits) { text += static_cast<char>(bits); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

/// Walks the header's text. JSON is RFC 8259; numbers are what the format has: whole, not negative.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[noreturn]] void fail(const std::string& what) const { throw Error("header, byte " + std::to_string(at_) + ": " + what); }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) at_++;
  }
  /// Takes `c` if it is next, after space.
  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    at_++;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string("expected '") + c + "'");
  }

  /// Calls `member(key)` for each member of an object; the value is to be read there.
  template <class Member>
  void object(Member&& member) {
    expect('{');
    if (take('}')) return;
    std::set<std::string> keys;
    do {
      std::string key = string();
      if (!keys.insert(key).second) fail(in_quotes(key) + " is there twice");
      expect(':');
      member(std::move(key));
    } while (take(','));
    expect('}');
  }
  template <class Element>
  void array(Element&& element) {
    expect('[');
    if (take(']')) return;
    do element();
    while (take(','));
    expect(']');
  }

  std::int64_t whole_number() {
    skip_space();
    const std::size_t start = at_;
    std::int64_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; at_++) {
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text_[at_] - '0', &value)) fail("a number too large");
    }
    if (at_ == start || (text_[start] == '0' && at_ > start + 1)) fail("expected a whole number");
    return value;
  }

  std::string string() {
    expect('"');
    std::string result;
    for (;;) {
      const char c = next();
      if (c == '"') break;
      if (static_cast<unsigned char>(c) < 0x20) fail("a control character in a string");
      if (c == '\\') {
        escape(result);
      } else {
        result += c;
      }
    }
    if (!is_utf8(result)) fail("a string is not UTF-8");
    return result;
  }

  /// After the object: spaces and nothing else.
  void expect_end() const {
    if (text_.find_first_not_of(' ', at_) != std::string_view::npos) fail("something other than spaces after the object");
  }

 private:
  char next() {
    if (at_ == text_.size()) fail("ends within a string");
    return text_[at_++];
  }

  std::uint32_t four_digits() {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; i++) {
      const char c = next();
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) fail("expected four hexadecimal digits");
      code = code << 4 | static_cast<std::uint32_t>(digit);
    }
    return code;
  }

  void escape(std::string& result) {
    constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    const char name = next();
    if (const std::size_t i = kNames.find(name); i != std::string_view::npos) {
      result += kMeanings[i];
      return;
    }
    if (name != 'u') fail("an unknown escape");
    std::uint32_t code = four_digits();
    if (code >= 0xD800 && code < 0xDC00) {  // the first half of a pair
      if (next() != '\\' || next() != 'u') fail("half a surrogate pair");
      const std::uint32_t low = four_digits();
      if (low < 0xDC00 || low >= 0xE000) fail("half a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
      fail("half a surrogate pair");
    }
    append_utf8(result, code);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

DType type_named(const Reader& reader, std::string_view name) {
  for (const NamedType& type : kTypes) {
    if (type.name == name) return type.type;
  }
  reader.fail("unknown type " + in_quotes(name));
}

SafetensorsHeader::Entry parse_entry(Reader& reader, std::string name) {
  SafetensorsHeader::Entry entry;
  bool has_type = false, has_shape = false, has_place = false;
  reader.object([&](const std::string& key) {
    if (key == "dtype") {
      entry.dtype = type_named(reader, reader.string());
      has_type = true;
    } else if (key == "shape") {
      reader.array([&] {
        if (entry.shape.size() == Dims::kMax) reader.fail("a shape of more than " + std::to_string(Dims::kMax) + " sizes");
        entry.shape.push_back(reader.whole_number());
      });
      has_shape = true;
    } else if (key == "data_offsets") {
      std::vector<std::int64_t> place;
      reader.array([&] {
        if (place.size() == 2) reader.fail("more than two offsets");
        place.push_back(reader.whole_number());
      });
      if (place.size() != 2) reader.fail("expected two offsets");
      entry.begin = static_cast<std::size_t>(place[0]);
      entry.end = static_cast<std::size_t>(place[1]);
      has_place = true;
    } else {
      reader.fail("unknown key " + in_quotes(key));
    }
  });
  if (!has_type || !has_shape || !has_place) reader.fail(in_quotes(name) + " has not all of dtype, shape and data_offsets");
  entry.name = std::move(name);
  return entry;
}

void check_places(const std::vector<SafetensorsHeader::Entry>& entries, std::size_t data_bytes) {
  std::size_t covered = 0;
  for (const SafetensorsHeader::Entry& entry : entries) {
    if (entry.end < entry.begin || entry.end - entry.begin != bytes_of(entry.shape, entry.dtype)) {
      throw Error(in_quotes(entry.name) + " of shape " + to_text(entry.shape) + " lies at bytes " + std::to_string(entry.begin) + " to " +
                  std::to_string(entry.end) + ", which is not its size");
    }
    if (entry.begin != covered) {
      throw Error(in_quotes(entry.name) + " begins at byte " + std::to_string(entry.begin) + ", expected " + std::to_string(covered) +
                  ": a " + (entry.begin > covered ? "hole" : "overlap"));
    }
    covered = entry.end;
  }
  if (covered != data_bytes)
    throw Error("the tensors have " + std::to_string(covered) + " bytes, the file has " + std::to_string(data_bytes) + " for them");
}

void append_string(std::string& json, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += "\\u00";
      json += kDigits[static_cast<unsigned char>(c) >> 4];
      json += kDigits[static_cast<unsigned char>(c) & 15U];
    } else {
      json += c;
    }
  }
  json += '"';
}

}  // namespace

SafetensorsHeader parse_header(std::string_view text, std::size_t data_bytes) {
  if (text.empty() || text[0] != '{') throw Error("the header does not begin with '{'");
  SafetensorsHeader header;
  Reader reader(text);
  reader.object([&](std::string key) {
    if (key == "__metadata__") {
      reader.object([&](std::string name) { header.metadata.emplace(std::move(name), reader.string()); });
    } else {
      header.entries.push_back(parse_entry(reader, std::move(key)));
    }
  });
  reader.expect_end();
  std::sort(header.entries.begin(), header.entries.end(),
            [](const auto& a, const auto& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  check_places(header.entries, data_bytes);
  return header;
}

std::string to_json(const SafetensorsHeader& header) {
  std::string json = "{";
  const auto key = [&](std::string_view name) {
    if (json.back() != '{') json += ',';
    append_string(json, name);
    json += ':';
  };
  if (!header.metadata.empty()) {
    key("__metadata__");
    json += '{';
    for (const auto& [name, text] : header.metadata) {
      key(name);
      append_string(json, text);
    }
    json += '}';
  }
  for (const SafetensorsHeader::Entry& entry : header.entries) {
    const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& t) { return t.type == entry.dtype; });
    key(entry.name);
    json += "{\"dtype\":\"" + std::string(type->name) + "\",\"shape\":[";
    for (std::int64_t size : entry.shape) json += (json.back() == '[' ? "" : ",") + std::to_string(size);
    json += "],\"data_offsets\":[" + std::to_string(entry.begin) + "," + std::to_string(entry.end) + "]}";
  }
  return json + "}";
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || text.size() - i < length) return false;
    for (std::size_t k = 1; k < length; k++) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80) return false;
    }
    const auto second = static_cast<unsigned char>(length > 1 ? text[i + 1] : 0);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) || (lead == 0xF0 && second < 0x90) ||
        (lead == 0xF4 && second > 0x8F))
      return false;
    i += length;
  }
  return true;
}

}  // namespace argent::tensor
