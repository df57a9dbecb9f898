#include "models/formats/npy.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "models/formats/mapped_file.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "models/runtime/quoted_text.h"

namespace argent::tensor {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kAlignment = 64;

struct NamedType {
  std::string_view name;
  DType type;
};
constexpr NamedType kTypes[] = {{"|b1", DType::kBool}, {"|u1", DType::kU8},  {"|i1", DType::kI8},
                                {"<i2", DType::kI16},  {"<i4", DType::kI32}, {"<i8", DType::kI64},
                                {"<f2", DType::kF16},  {"<f4", DType::kF32}, {"<f8", DType::kF64}};

/// The engine has no such type: the numbers are read as if they were signed, and then widened.
constexpr std::string_view kUnsigned16 = "<u2";

enum class Layout { kLastAxisFastest, kFirstAxisFastest };

struct Header {
  std::optional<DType> dtype;
  bool unsigned16 = false;  ///< dtype is i16, and negative numbers stand for those above 32767
  std::optional<Layout> layout;
  std::optional<Dims> shape;
};

/// Walks the header: a dictionary as Python prints it, of three members.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Header header() {
    Header header;
    expect('{');
    while (!take('}')) {
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !header.dtype) {
        const std::string_view name = string();
        header.unsigned16 = name == kUnsigned16;
        header.dtype = header.unsigned16 ? DType::kI16 : type_of(name);
      } else if (key == "fortran_order" && !header.layout) {
        header.layout = layout();
      } else if (key == "shape" && !header.shape) {
        header.shape = shape();
      } else {
        throw Error("header: " + in_quotes(key) + " is unknown or there twice");
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (at_ != text_.size() || text_.back() != '\n') throw Error("header: does not end with spaces and a new line");
    if (!header.dtype || !header.layout || !header.shape) throw Error("header: has not all of descr, fortran_order and shape");
    return header;
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) at_++;
  }
  bool take(std::string_view word) {
    skip_space();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool take(char c) { return take(std::string_view(&c, 1)); }
  void expect(char c) {
    if (!take(c)) throw Error("header, byte " + std::to_string(at_) + ": expected '" + c + "'");
  }

  std::string_view string() {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t end = quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) throw Error("header, byte " + std::to_string(at_) + ": expected a string");
    const std::string_view result = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return result;
  }

  static DType type_of(std::string_view name) {
    for (const NamedType& named : kTypes) {
      if (named.name == name || (named.name[0] == '|' && name.size() == 3 && name[0] == '<' && name.substr(1) == named.name.substr(1)))
        return named.type;
    }
    throw Error("elements of type " + in_quotes(name) + (name.starts_with('>') ? ": big endian" : "") + ", which can't be read here");
  }

  Layout layout() {
    if (take("True")) return Layout::kFirstAxisFastest;
    if (take("False")) return Layout::kLastAxisFastest;
    throw Error("header: fortran_order is neither True nor False");
  }

  Dims shape() {
    Dims shape;
    expect('(');
    bool comma = true;
    while (!take(')')) {
      if (!comma) expect(',');
      if (shape.size() == Dims::kMax) throw Error("header: a shape of more than " + std::to_string(Dims::kMax) + " sizes");
      shape.push_back(whole_number());
      take('L');  // as Python 2 wrote it
      comma = take(',');
    }
    if (shape.size() == 1 && !comma) throw Error("header: a number in parentheses is no shape");
    return shape;
  }

  std::int64_t whole_number() {
    skip_space();
    const std::size_t start = at_;
    std::int64_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; at_++) {
      if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, text_[at_] - '0', &value))
        throw Error("header: a number too large");
    }
    if (at_ == start) throw Error("header, byte " + std::to_string(at_) + ": expected a whole number");
    return value;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

Dims first_axis_fastest(const Dims& shape) {
  Dims strides;
  std::int64_t step = 1;
  for (std::int64_t size : shape) {
    strides.push_back(step);
    step *= std::max<std::int64_t>(1, size);
  }
  return strides;
}

/// Elements 32768 to 65535 of an i16 array whose bits are u16.
Tensor widened(const Tensor& array) {
  Tensor wide = in_one_piece(array.to(DType::kI32));
  auto* values = wide.mutable_data<std::int32_t>();
  for (std::int64_t i = 0; i < wide.count(); i++) values[i] &= 0xffff;
  return wide;
}

Tensor parse(const FileBytes& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  if (!text.starts_with(kMagic) || text.size() < kMagic.size() + 2) throw Error("is no npy file");
  const int version = text[kMagic.size()];
  if (version < 1 || version > 3 || text[kMagic.size() + 1] != 0) throw Error("is of a version of npy that is not known");
  const std::size_t size_bytes = version == 1 ? 2 : 4;
  const std::size_t header_at = kMagic.size() + 2 + size_bytes;
  std::uint32_t header_bytes = 0;
  if (text.size() < header_at) throw Error("ends within its header");
  std::memcpy(&header_bytes, text.data() + kMagic.size() + 2, size_bytes);
  if (header_bytes > text.size() - header_at) throw Error("ends within its header");
  const Header header = Reader(text.substr(header_at, header_bytes)).header();
  const std::size_t start = header_at + header_bytes, expected = bytes_of(*header.shape, *header.dtype);
  if (text.size() - start != expected) {
    throw Error("has " + std::to_string(text.size() - start) + " bytes of numbers, expected " + std::to_string(expected) +
                " for a shape of " + to_text(*header.shape));
  }
  const Dims strides = *header.layout == Layout::kFirstAxisFastest ? first_axis_fastest(*header.shape) : Dims{};
  const Tensor array = tensor_at(file, start, *header.shape, *header.dtype, strides);
  return header.unsigned16 ? widened(array) : array;
}

}  // namespace

Tensor read_npy(const std::filesystem::path& path) {
  const FileBytes file = map_file(path);
  try {
    return parse(file);
  } catch (const Error& error) {
    throw Error(path.string() + ": " + error.what());
  }
}

Tensor parse_npy(std::span<const std::byte> bytes) { return parse({{const_cast<std::byte*>(bytes.data()), bytes.size()}, {}}); }

void write_npy(const std::filesystem::path& path, const Tensor& tensor, Overwrite overwrite) {
  const auto* type = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const NamedType& t) { return t.type == tensor.dtype(); });
  if (type == std::end(kTypes)) throw Error(path.string() + ": npy has no name for " + std::string(name_of(tensor.dtype())));
  std::string header = "{'descr': '" + std::string(type->name) + "', 'fortran_order': False, 'shape': (";
  for (std::int64_t size : tensor.shape()) header += std::to_string(size) + (tensor.rank() == 1 ? "," : ", ");
  header += "), }";
  const std::size_t before = kMagic.size() + 4;
  header.append(kAlignment - 1 - (before + header.size()) % kAlignment, ' ');
  header += '\n';
  const auto size = static_cast<std::uint16_t>(header.size());
  const Tensor whole = in_one_piece(tensor);
  OutputFile file(path, overwrite);
  file.write(kMagic.data(), kMagic.size());
  file.write("\1", 2);
  file.write(&size, sizeof size);
  file.write(header.data(), header.size());
  file.write(bytes_of(whole).data(), bytes_of(whole).size());
  file.check();
  file.commit();
}

}  // namespace argent::tensor
