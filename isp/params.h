// isp/params.h - one description per parameter, five users: reader, writer, check, --set, the tables in the documents.
//
// A params struct has its defaults at the members and one `describe(List&, Params&)` beside it:
//
//   template <class List>
//   void describe(List& list, ToneParams& p) {
//     list.field("contrast", p.contrast, {.min = 0.5, .max = 2, .doc = "slope at middle grey, log-log"});
//   }
#pragma once

#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace argent {

struct Bounds {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  const char* unit = "";
  const char* doc = "";
};

/// An enum parameter: its value as an index into the names.
struct Choice {
  void* storage = nullptr;
  int (*get)(const void*) = nullptr;
  void (*set)(void*, int) = nullptr;
  std::span<const std::string_view> names;
};

struct Field {
  std::string path;  ///< "tone.contrast"
  std::variant<float*, int*, bool*, std::string*, std::span<float>, Choice> value;
  Bounds bounds;
};

/// The visitor that describe() fills: a flat list of named references into a params struct, which must outlive it.
class FieldList {
 public:
  void field(std::string_view name, float& v, Bounds bounds) { add(name, &v, bounds); }
  void field(std::string_view name, int& v, Bounds bounds) { add(name, &v, bounds); }
  void field(std::string_view name, bool& v, Bounds bounds) { add(name, &v, bounds); }
  void field(std::string_view name, std::string& v, Bounds bounds) { add(name, &v, bounds); }
  void field(std::string_view name, std::span<float> v, Bounds bounds) { add(name, v, bounds); }
  template <class Enum>
  void choice(std::string_view name, Enum& v, std::span<const std::string_view> names, Bounds bounds) {
    add(name,
        Choice{&v, [](const void* p) { return static_cast<int>(*static_cast<const Enum*>(p)); },
               [](void* p, int i) { *static_cast<Enum*>(p) = static_cast<Enum>(i); }, names},
        bounds);
  }
  template <class Params>
  void group(std::string_view name, Params& params) {
    const std::string outer = prefix_;
    prefix_ += std::string(name) + ".";
    describe(*this, params);
    prefix_ = outer;
  }

  const std::vector<Field>& fields() const { return fields_; }

 private:
  template <class Value>
  void add(std::string_view name, Value value, Bounds bounds) {
    fields_.push_back({prefix_ + std::string(name), value, bounds});
  }
  std::vector<Field> fields_;
  std::string prefix_;
};

template <class Params>
std::vector<Field> fields_of(Params& params) {
  FieldList list;
  describe(list, params);
  return list.fields();
}

/// Throws Error "<source>: tone.contrast = 0.4 violates tone.contrast >= 0.5" for the first value out of range or not finite.
void check(const std::vector<Field>& fields, std::string_view source);

/// The field of that path. Throws Error "<source>: unknown key tone.contrst, did you mean tone.contrast".
const Field& find(const std::vector<Field>& fields, std::string_view path, std::string_view source);

/// Parses `text` into a field and checks it; spans are "a, b, c". Throws Error with source, path, text and what was expected.
void assign(const Field& field, std::string_view text, std::string_view source);

/// "tone.contrast=1.2", as --set gives it.
void assign(const std::vector<Field>& fields, std::string_view assignment, std::string_view source);

/// The value as assign() reads it; floats in the shortest form that reads back equal.
std::string text_of(const Field& field);

/// A table for documents and --help: path, default, range, unit, meaning. Markdown.
std::string table_of(const std::vector<Field>& fields);

/// The candidate nearest to `word` by edit distance; empty when none is close.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace argent
