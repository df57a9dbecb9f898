// PGM and PPM: netpbm's pgm(5) and ppm(5), the binary forms. PFM: Debevec's; rows from below, the sign of the scale is the byte order.
#include <array>
#include <bit>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "isp/io/picture_readers.h"
#include "models/runtime/error.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

[[noreturn]] void cut_off() { throw Error("is cut off"); }

/// The next word of a header; a # begins a comment.
std::string word(std::FILE* file) {
  constexpr std::size_t kLongest = 32;
  int c = std::fgetc(file);
  while (c != EOF && (std::isspace(c) != 0 || c == '#')) {
    if (c == '#') {
      while (c != EOF && c != '\n') c = std::fgetc(file);
    } else {
      c = std::fgetc(file);
    }
  }
  std::string text;
  for (; c != EOF && std::isspace(c) == 0; c = std::fgetc(file)) {
    text += static_cast<char>(c);
    if (text.size() > kLongest) throw Error("has " + in_quotes(text) + " in its header, expected a number");
  }
  if (text.empty()) cut_off();
  return text;  // the one blank that follows it has been read
}

template <class Number>
Number number(std::FILE* file) {
  const std::string text = word(file);
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size())
    throw Error("has " + in_quotes(text) + " in its header, expected a number");
  return value;
}

void check_length(const PictureSource& source, std::size_t bytes) {
  const long long start = std::ftell(source.file);
  if (start < 0 || static_cast<long long>(bytes) > source.size - start) cut_off();
}

template <class T>
void spread(const std::vector<T>& samples, int channels, T* to) {
  for (std::size_t i = 0; i < samples.size(); i += static_cast<std::size_t>(channels), to += Image::kChannels) {
    for (int c = 0; c < Image::kChannels; c++) to[c] = samples[i + static_cast<std::size_t>(channels == 1 ? 0 : c)];
  }
}

/// Codes of 0..most, in one byte or two (the high one first), stretched to all of T.
template <class T>
void read_codes(std::FILE* file, Image& image, int channels, int most) {
  constexpr unsigned kFull = static_cast<T>(-1);
  std::vector<T> samples(static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(channels));
  for (int y = 0; y < image.height(); y++) {
    if (std::fread(samples.data(), sizeof(T), samples.size(), file) != samples.size()) cut_off();
    for (T& sample : samples) {
      unsigned code = sample;
      if constexpr (sizeof(T) == 2 && std::endian::native == std::endian::little) code = (code & 255U) << 8 | code >> 8;
      if (code > static_cast<unsigned>(most)) throw Error("holds a code above its maximum of " + std::to_string(most));
      sample = static_cast<T>((code * kFull + static_cast<unsigned>(most) / 2) / static_cast<unsigned>(most));
    }
    spread(samples, channels, image.row<T>(y));
  }
}

void read_floats(std::FILE* file, Image& image, int channels, std::endian order) {
  std::vector<std::uint32_t> bits(static_cast<std::size_t>(image.width()) * static_cast<std::size_t>(channels));
  std::vector<float> samples(bits.size());
  for (int y = image.height() - 1; y >= 0; y--) {
    if (std::fread(bits.data(), sizeof(float), bits.size(), file) != bits.size()) cut_off();
    for (std::size_t i = 0; i < bits.size(); i++) {
      if (order != std::endian::native) bits[i] = __builtin_bswap32(bits[i]);
      samples[i] = std::bit_cast<float>(bits[i]);
    }
    spread(samples, channels, image.row<float>(y));
  }
}

}  // namespace

LoadedPicture read_pnm(const PictureSource& source) {
  const std::string kind = word(source.file);
  if (kind.size() != 2) throw Error("has " + in_quotes(kind) + " in its header, expected P5, P6, Pf or PF");
  const bool floats = kind == "PF" || kind == "Pf";
  const int channels = kind == "P6" || kind == "PF" ? 3 : 1;
  const auto width = number<long long>(source.file), height = number<long long>(source.file);
  const Size size = checked_size(width, height, source.size);
  const double most = number<double>(source.file);
  if (floats ? !(std::isfinite(most) && most != 0) : !(most >= 1 && most <= 65535 && most == std::floor(most)))
    throw Error("has " + std::to_string(most) + " as its " + (floats ? "scale" : "maximum, expected 1 to 65535"));
  const PixelType type = floats ? PixelType::kF32 : most > 255 ? PixelType::kU16 : PixelType::kU8;
  check_length(source,
               static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels) * sample_size(type));
  BufferPool pool;
  Image image(pool, size, type, floats ? Encoding::kLinear : Encoding::kSrgb, ColorSpace::kSrgb);
  if (floats) {
    read_floats(source.file, image, channels, most < 0 ? std::endian::little : std::endian::big);
  } else if (type == PixelType::kU16) {
    read_codes<std::uint16_t>(source.file, image, channels, static_cast<int>(most));
  } else {
    read_codes<std::uint8_t>(source.file, image, channels, static_cast<int>(most));
  }
  return {std::move(image), {}};
}

}  // namespace argent
