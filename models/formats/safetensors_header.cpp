#include "models/formats/safetensors_header.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "models/formats/mapped_file.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent::tensor {
namespace {

using nlohmann::json;

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

DType type_named(std::string_view name) {
  for (const NamedType& type : kTypes) {
    if (type.name == name) return type.type;
  }
  throw Error("unknown type " + in_quotes(name));
}

/// Follows the parser, which checks that the text is JSON, and takes only what the format has. By events, because a tree would hide names
/// that are there twice, and a hostile one could be deep.
class HeaderEvents final : public nlohmann::json_sax<json> {
 public:
  explicit HeaderEvents(SafetensorsHeader& header) : header_(header) {}

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("a bool"); }
  bool number_integer(number_integer_t) override { return unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override { return unexpected("a number that is not whole, or too large"); }
  bool binary(binary_t&) override { return unexpected("bytes"); }

  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) return unexpected("a number too large");
    if (place_ == Place::kShape) {
      entry_.shape.push_back(static_cast<std::int64_t>(value));
    } else if (place_ == Place::kOffsets) {
      offsets_.push_back(static_cast<std::size_t>(value));
    } else {
      return unexpected("a number");
    }
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::kMetadata) {
      header_.metadata.emplace(key_, value);
    } else if (place_ == Place::kEntry && key_ == "dtype") {
      entry_.dtype = type_named(value);
    } else {
      return unexpected("a text");
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::kStart) {
      place_ = Place::kTop;
    } else if (place_ == Place::kTop) {
      place_ = key_ == "__metadata__" ? Place::kMetadata : Place::kEntry;
      entry_ = {key_, {}, {}, 0, 0};
      known_.clear();
    } else {
      return unexpected("an object");
    }
    return true;
  }

  bool key(string_t& name) override {
    if (!(place_ == Place::kTop ? names_ : known_).insert(name).second) throw Error(in_quotes(name) + " is there twice");
    if (place_ == Place::kEntry && name != "dtype" && name != "shape" && name != "data_offsets")
      throw Error("unknown key " + in_quotes(name));
    key_ = name;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kEntry) {
      if (known_.size() != 3) throw Error(in_quotes(entry_.name) + " has not all of dtype, shape and data_offsets");
      header_.entries.push_back(entry_);
    }
    place_ = place_ == Place::kTop ? Place::kStart : Place::kTop;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::kEntry || key_ == "dtype") return unexpected("an array");
    place_ = key_ == "shape" ? Place::kShape : Place::kOffsets;
    offsets_.clear();
    return true;
  }

  bool end_array() override {
    if (place_ == Place::kOffsets) {
      if (offsets_.size() != 2)
        throw Error(in_quotes(entry_.name) + " has " + std::to_string(offsets_.size()) + " data_offsets, expected two");
      entry_.begin = offsets_[0];
      entry_.end = offsets_[1];
    }
    place_ = Place::kEntry;
    return true;
  }

  bool parse_error(std::size_t byte, const std::string&, const nlohmann::detail::exception&) override {
    throw Error("is no JSON from byte " + std::to_string(byte) + " on");
  }

 private:
  enum class Place { kStart, kTop, kMetadata, kEntry, kShape, kOffsets };

  [[noreturn]] bool unexpected(std::string_view what) const {
    throw Error(std::string(what) + (key_.empty() ? " at its start" : " as " + in_quotes(key_)) + ", which the format does not have there");
  }

  SafetensorsHeader& header_;
  Place place_ = Place::kStart;
  std::string key_;
  std::set<std::string, std::less<>> names_, known_;  // of tensors; of what is being read
  SafetensorsHeader::Entry entry_;
  std::vector<std::size_t> offsets_;
};

void check_places(const std::vector<SafetensorsHeader::Entry>& entries, std::size_t data_bytes) {
  std::size_t covered = 0;
  for (const SafetensorsHeader::Entry& entry : entries) {
    if (entry.end < entry.begin || entry.end - entry.begin != bytes_of(entry.shape, entry.dtype)) {
      throw Error(in_quotes(entry.name) + " of shape " + to_text(entry.shape) + " lies at bytes " + std::to_string(entry.begin) + " to " +
                  std::to_string(entry.end) + ", which is not its size");
    }
    if (entry.begin != covered) {
      throw Error(in_quotes(entry.name) + " begins at byte " + std::to_string(entry.begin) + ", expected " + std::to_string(covered) +
                  ": " + (entry.begin > covered ? "a hole" : "an overlap"));
    }
    covered = entry.end;
  }
  if (covered != data_bytes)
    throw Error("the tensors have " + std::to_string(covered) + " bytes, the file has " + std::to_string(data_bytes) + " for them");
}

}  // namespace

SafetensorsHeader parse_header(std::string_view text, std::size_t data_bytes) {
  if (text.empty() || text[0] != '{') throw Error("the header does not begin with '{'");
  const std::string_view object = text.substr(0, text.find_last_not_of(' ') + 1);
  if (object.back() != '}') throw Error("the header does not end with '}' and spaces");
  SafetensorsHeader header;
  HeaderEvents events(header);
  try {
    json::sax_parse(object, &events);
  } catch (const Error& error) {
    throw Error(std::string("header: ") + error.what());
  }
  std::sort(header.entries.begin(), header.entries.end(),
            [](const auto& a, const auto& b) { return a.begin != b.begin ? a.begin < b.begin : a.end < b.end; });
  check_places(header.entries, data_bytes);
  return header;
}

std::string to_json(const SafetensorsHeader& header) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  if (!header.metadata.empty()) object["__metadata__"] = header.metadata;
  for (const SafetensorsHeader::Entry& entry : header.entries) {
    const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const NamedType& t) { return t.type == entry.dtype; });
    object[entry.name] = {{"dtype", type->name},
                          {"shape", std::vector<std::int64_t>(entry.shape.begin(), entry.shape.end())},
                          {"data_offsets", {entry.begin, entry.end}}};
  }
  try {
    return object.dump();
  } catch (const json::type_error&) {  // the one thing that texts can do wrong
    throw Error("a name or a text of the metadata is not UTF-8");
  }
}

}  // namespace argent::tensor
