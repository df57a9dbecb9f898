#include "isp/io/mosaic_file.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "isp/io/mosaic_description.h"
#include "isp/io/raw_file.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::uint64_t kDeflateRatio = 1032;  // the most that deflate can do (zlib's FAQ): what a gzip file may hold at all

std::string lower_name(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

bool is_gzip(const std::filesystem::path& path) { return lower_name(path).ends_with(".gz"); }

// ---- where the bytes lie ------------------------------------------------------------------------------------------------------

struct Layout {
  Size size;
  int bits = 0;
  std::optional<PackedFormat> format;  ///< absent: two bytes a code
  std::uint64_t offset = 0, row_bytes = 0;
  std::uint64_t used_row_bytes = 0;  ///< of which hold pixels

  /// The last row may lack its padding.
  std::uint64_t least_bytes() const { return offset + row_bytes * static_cast<std::uint64_t>(size.height - 1) + used_row_bytes; }
  std::uint64_t full_bytes() const { return offset + row_bytes * static_cast<std::uint64_t>(size.height); }
};

std::optional<PackedFormat> format_of(int bits, Packing packing) {
  return packing == Packing::kMipi || bits == 8 ? packed_format_of(bits) : std::nullopt;
}

std::uint64_t used_row_bytes(int width, std::optional<PackedFormat> format) {
  return format ? packed_row_bytes(*format, width) : 2 * static_cast<std::uint64_t>(width);
}

/// Whether there are two ways to pack so many bits.
bool has_two_packings(int bits) { return bits != 8 && packed_format_of(bits); }

Layout layout_of(const MosaicDescription& description, Packing packing) {
  Layout layout{*description.size,
                *description.bits,
                format_of(*description.bits, packing),
                static_cast<std::uint64_t>(description.offset.value_or(0)),
                0,
                0};
  layout.used_row_bytes = used_row_bytes(layout.size.width, layout.format);
  layout.row_bytes = description.row_bytes ? static_cast<std::uint64_t>(*description.row_bytes) : layout.used_row_bytes;
  return layout;
}

void check_size(Size size) {
  if (size.width < 1 || size.height < 1) throw Error("size is below 1x1");
  if (size.width > kMaxSide || size.height > kMaxSide) {
    throw Error(to_text(size) + " pixels, expected sides of at most " + std::to_string(kMaxSide));
  }
  if (1LL * size.width * size.height > kMaxPixels) {
    throw Error(to_text(size) + " pixels are more than the " + std::to_string(kMaxPixels) + " that are read");
  }
}

/// Chosen by `bytes`, the size of the (uncompressed) file, when not said.
Layout chosen_layout(const MosaicDescription& description, std::uint64_t bytes) {
  if (description.packing) return layout_of(description, *description.packing);
  const Layout plain = layout_of(description, Packing::kBytes);
  if (!has_two_packings(plain.bits)) return plain;
  const Layout packed = layout_of(description, Packing::kMipi);
  const bool plain_fits = plain.row_bytes >= plain.used_row_bytes && plain.full_bytes() == bytes;
  if (plain_fits) return plain;
  if (packed.full_bytes() == bytes) return packed;
  throw Error("found " + std::to_string(bytes) + " bytes, expected " + std::to_string(plain.full_bytes()) + " (packing bytes) or " +
              std::to_string(packed.full_bytes()) + " (packing mipi): say which packing it is");
}

// ---- bytes, plain or inflated ------------------------------------------------------------------------------------------------

class Source {
 public:
  explicit Source(const std::filesystem::path& path) : gzip_(is_gzip(path)), file_size_(size_of(path)), file_(path, std::ios::binary) {
    if (!file_) throw Error("cannot be opened");
    if (!gzip_) return;
    read_gzip_size();
    gz_.reset(gzopen(path.c_str(), "rb"));
    if (!gz_) throw Error("cannot be opened");
    if (gzdirect(gz_.get())) throw Error("is no gzip file, in spite of its name");
  }

  /// The uncompressed size; of gzip what its trailer says, modulo 2^32: a hint.
  std::uint64_t size() const { return gzip_ ? gzip_size_ : file_size_; }
  bool is_gzip_file() const { return gzip_; }

  /// Throws Error when the file cannot hold that many, before anything is read.
  void expect(std::uint64_t bytes) const {
    const std::uint64_t most = gzip_ ? file_size_ * kDeflateRatio : file_size_;
    if (bytes <= most) return;
    throw Error((gzip_ ? "cannot hold more than " : "found ") + std::to_string(most) + " bytes, expected " + std::to_string(bytes));
  }

  /// How many were there: fewer than asked for only at the end.
  std::size_t read(unsigned char* to, std::size_t count) {
    if (!gzip_) {
      file_.read(reinterpret_cast<char*>(to), static_cast<std::streamsize>(count));
      return static_cast<std::size_t>(file_.gcount());
    }
    const int got = gzread(gz_.get(), to, static_cast<unsigned>(count));
    int status = Z_OK;
    const char* message = gzerror(gz_.get(), &status);
    if (got < 0 || (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR))
      throw Error(std::string("gzip data is damaged: ") + message);
    if (status == Z_BUF_ERROR) throw Error("gzip data ends too early");
    return static_cast<std::size_t>(got);
  }

 private:
  struct Close {
    void operator()(gzFile file) const { gzclose_r(file); }
  };

  static std::uint64_t size_of(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status)) throw Error("no such file");
    if (!std::filesystem::is_regular_file(status)) throw Error("is no regular file");
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    if (error) throw Error("cannot be read: " + error.message());
    return size;
  }

  void read_gzip_size() {
    std::array<unsigned char, 4> bytes{};
    file_.seekg(-4, std::ios::end);
    if (!file_.read(reinterpret_cast<char*>(bytes.data()), bytes.size())) throw Error("is no gzip file, in spite of its name");
    for (int i = 3; i >= 0; i--) gzip_size_ = gzip_size_ << 8 | bytes[i];
  }

  bool gzip_;
  std::uint64_t file_size_, gzip_size_ = 0;
  std::ifstream file_;
  std::unique_ptr<gzFile_s, Close> gz_;
};

// ---- rows ---------------------------------------------------------------------------------------------------------------------

void skip(Source& source, std::uint64_t count) {
  std::array<unsigned char, 4096> unused;
  while (count > 0) {
    const std::size_t got = source.read(unused.data(), static_cast<std::size_t>(std::min<std::uint64_t>(count, unused.size())));
    if (got == 0) return;  // the first row will find nothing
    count -= got;
  }
}

/// Hands each row's bytes to `take`; a warning when there are more.
template <class Take>
std::vector<std::string> read_rows(Source& source, const Layout& layout, const Take& take) {
  std::vector<unsigned char> row(static_cast<std::size_t>(layout.row_bytes));
  std::uint64_t got_bytes = layout.offset;
  skip(source, layout.offset);
  for (int y = 0; y < layout.size.height; y++) {
    const std::size_t got = source.read(row.data(), row.size());
    got_bytes += got;
    if (got < layout.used_row_bytes) {
      throw Error("found " + std::to_string(got_bytes) + " bytes, expected " + std::to_string(layout.full_bytes()) + ": row " +
                  std::to_string(y) + " of " + std::to_string(layout.size.height) + " is not whole");
    }
    take(y, row.data());
  }
  unsigned char more = 0;
  if (source.read(&more, 1) == 0) return {};
  const std::string found = source.is_gzip_file() ? "more" : std::to_string(source.size());
  return {"trailing bytes are ignored: found " + found + ", expected " + std::to_string(layout.full_bytes())};
}

std::shared_ptr<void> allocate(std::size_t row_bytes, int rows) {
  constexpr std::size_t kAlignment = 64;  // a cache line, and the widest vector there is
  const std::size_t bytes = (row_bytes * static_cast<std::size_t>(rows) + kAlignment - 1) / kAlignment * kAlignment;
  void* block = std::aligned_alloc(kAlignment, bytes);
  if (block == nullptr) throw std::bad_alloc();
  return {block, [](void* memory) { std::free(memory); }};
}

/// The bytes as they lie in the file, without padding.
void read_packed(Source& source, const Layout& layout, RawFrame& frame) {
  const auto row_bytes = static_cast<std::size_t>(layout.used_row_bytes);
  const std::shared_ptr<void> block = allocate(row_bytes, layout.size.height);
  auto* bytes = static_cast<std::uint8_t*>(block.get());
  frame.capture.warnings = read_rows(source, layout, [&](int y, const unsigned char* row) {
    std::copy_n(row, row_bytes, bytes + static_cast<std::size_t>(y) * row_bytes);
  });
  frame.packed = PackedCodes{*layout.format, bytes, static_cast<std::ptrdiff_t>(row_bytes)};
  frame.lease = block;
}

void read_words(Source& source, const Layout& layout, RawFrame& frame) {
  constexpr int kLine = 32;  // codes in a cache line, where rows begin
  const int width = layout.size.width, largest = (1 << layout.bits) - 1;
  const std::size_t stride = (static_cast<std::size_t>(width) + kLine - 1) / kLine * kLine;
  const std::shared_ptr<void> block = allocate(stride * sizeof(std::uint16_t), layout.size.height);
  auto* codes = static_cast<std::uint16_t*>(block.get());
  long long too_large = 0;
  frame.capture.warnings = read_rows(source, layout, [&](int y, const unsigned char* row) {
    std::uint16_t* to = codes + static_cast<std::size_t>(y) * stride;
    for (int x = 0; x < width; x++) to[x] = static_cast<std::uint16_t>(row[2 * x] | row[2 * x + 1] << 8);
    too_large += std::count_if(to, to + width, [largest](int code) { return code > largest; });
  });
  const long long all = 1LL * width * layout.size.height;
  if (100 * too_large > all) {
    frame.capture.warnings.push_back(std::to_string(100 * too_large / all) + " % of the codes are above " + std::to_string(largest) +
                                     ", the largest of " + std::to_string(layout.bits) + " bits: the description does not fit the file");
  }
  frame.data = codes;
  frame.stride = static_cast<std::ptrdiff_t>(stride);
  frame.lease = block;
}

// ---- the frame -----------------------------------------------------------------------------------------------------------------

SensorInfo sensor_of(const MosaicDescription& d) {
  SensorInfo sensor;
  sensor.make = d.make;
  sensor.model = d.model;
  sensor.active = *d.size;
  sensor.cfa = *d.cfa;
  sensor.cfa_phase = d.cfa_phase.value_or(CfaPhase{});
  sensor.bits = *d.bits;
  const auto largest = static_cast<float>((1 << *d.bits) - 1);
  sensor.black = d.black.value_or(std::array<float, 4>{});
  sensor.white = d.white.value_or(std::array{largest, largest, largest, largest});
  sensor.matrices = d.matrices;
  sensor.noise = d.noise.value_or(NoiseModel{});
  std::sort(sensor.matrices.begin(), sensor.matrices.end(), [](const ColorMatrix& a, const ColorMatrix& b) { return a.cct < b.cct; });
  check(sensor);
  return sensor;
}

RawFrame load(const std::filesystem::path& path, const MosaicDescription& description) {
  check(description);
  const Size size = *description.size;
  RawFrame frame;
  frame.sensor = sensor_of(description);
  Source source(path);
  const Layout layout = chosen_layout(description, source.size());
  source.expect(layout.least_bytes());

  if (layout.format) {
    read_packed(source, layout, frame);
  } else {
    read_words(source, layout, frame);
  }

  if (description.exposure_us) frame.applied.settings.exposure = Microseconds(*description.exposure_us);
  if (description.iso) frame.applied.settings.analogue_gain = *description.iso / 100;
  frame.applied.f_number = description.f_number.value_or(0);
  if (description.applied) frame.applied = *description.applied;
  if (const auto& gains = description.as_shot_gains)
    frame.capture.as_shot_gains = Vec3{(*gains)[0] / (*gains)[1], 1, (*gains)[2] / (*gains)[1]};
  frame.capture.baseline_exposure = description.baseline_exposure;
  frame.capture.orientation = description.orientation.value_or(Orientation::kNormal);
  frame.capture.crop = {0, 0, size.width, size.height};
  return frame;
}

}  // namespace

void check(const MosaicDescription& d) {
  std::string missing;
  if (!d.size) missing += " size";
  if (!d.cfa) missing += " cfa";
  if (!d.bits) missing += " bits";
  if (!missing.empty()) throw Error("a headerless mosaic needs a description, which lacks:" + missing);
  check_size(*d.size);
  if (*d.bits < 8 || *d.bits > 16) throw Error("bits = " + std::to_string(*d.bits) + ", expected 8 to 16");
  if (*d.cfa == CfaPattern::kRgb) throw Error("a mosaic has one sample a pixel, found cfa rgb");
  if (d.packing == Packing::kMipi && !packed_format_of(*d.bits)) {
    throw Error("mipi packing is for 8, 10, 12 and 14 bits, found " + std::to_string(*d.bits));
  }
  const auto positive = [](float gain) { return std::isfinite(gain) && gain > 0; };
  if (d.as_shot_gains && !std::all_of(d.as_shot_gains->begin(), d.as_shot_gains->end(), positive))
    throw Error("as_shot_gains are not positive");
  if (d.offset.value_or(0) < 0) throw Error("offset = " + std::to_string(*d.offset) + ", expected 0 or more");
  const Packing tightest = has_two_packings(*d.bits) ? Packing::kMipi : Packing::kBytes;
  const std::uint64_t least = used_row_bytes(d.size->width, format_of(*d.bits, d.packing.value_or(tightest)));
  if (d.row_bytes && (*d.row_bytes < 0 || static_cast<std::uint64_t>(*d.row_bytes) < least)) {
    throw Error("row_bytes = " + std::to_string(*d.row_bytes) + ", a row has at least " + std::to_string(least));
  }
}

bool is_mosaic_file(const std::filesystem::path& path) {
  const std::string name = lower_name(path);
  constexpr std::array<const char*, 4> kEndings{".raw", ".raw.gz", ".bin", ".bin.gz"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](const char* ending) { return name.ends_with(ending); });
}

RawFrame load_mosaic(const std::filesystem::path& path, const MosaicDescription& description) {
  try {
    return load(path, description);
  } catch (const Error& error) {
    throw Error(path.string() + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw Error(path.string() + ": not enough memory for its pixels");
  }
}

}  // namespace argent
