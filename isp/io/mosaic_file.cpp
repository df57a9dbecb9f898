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

#include "isp/error.h"
#include "isp/io/raw_file.h"

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
  Packing packing = Packing::kBytes;
  std::uint64_t offset = 0, row_bytes = 0;
  std::uint64_t used_row_bytes = 0;  ///< of which hold pixels

  /// The last row may lack its padding.
  std::uint64_t least_bytes() const { return offset + row_bytes * static_cast<std::uint64_t>(size.height - 1) + used_row_bytes; }
  std::uint64_t full_bytes() const { return offset + row_bytes * static_cast<std::uint64_t>(size.height); }
};

std::uint64_t used_row_bytes(int width, int bits, Packing packing) {
  const auto pixels = static_cast<std::uint64_t>(width);
  if (bits == 8) return pixels;
  if (packing == Packing::kBytes) return 2 * pixels;
  return bits == 10 ? (pixels + 3) / 4 * 5 : (pixels + 1) / 2 * 3;
}

Layout layout_of(const MosaicDescription& description, Packing packing) {
  Layout layout{*description.size, *description.bits, packing, static_cast<std::uint64_t>(description.offset.value_or(0)), 0, 0};
  layout.used_row_bytes = used_row_bytes(layout.size.width, layout.bits, packing);
  layout.row_bytes = description.row_bytes ? static_cast<std::uint64_t>(*description.row_bytes) : layout.used_row_bytes;
  return layout;
}

/// Throws Error when a necessary fact is missing or a number is nonsense.
void check(const MosaicDescription& d) {
  std::string missing;
  if (!d.size) missing += " size";
  if (!d.cfa) missing += " cfa";
  if (!d.bits) missing += " bits";
  if (!missing.empty()) throw Error("a headerless mosaic needs a description, which lacks:" + missing);
  if (d.size->width < 1 || d.size->height < 1) throw Error("size is below 1x1");
  if (*d.bits < 8 || *d.bits > 16) throw Error("bits = " + std::to_string(*d.bits) + ", expected 8 to 16");
  if (*d.cfa == CfaPattern::kRgb) throw Error("a mosaic has one sample a pixel, found cfa rgb");
  if (d.packing == Packing::kMipi && *d.bits != 8 && *d.bits != 10 && *d.bits != 12) {
    throw Error("mipi packing is for 8, 10 and 12 bits, found " + std::to_string(*d.bits));
  }
  const auto positive = [](float gain) { return std::isfinite(gain) && gain > 0; };
  if (d.as_shot_gains && !std::all_of(d.as_shot_gains->begin(), d.as_shot_gains->end(), positive))
    throw Error("as_shot_gains are not positive");
  if (d.offset.value_or(0) < 0) throw Error("offset = " + std::to_string(*d.offset) + ", expected 0 or more");
  const std::uint64_t least =
      used_row_bytes(d.size->width, *d.bits, d.packing.value_or(*d.bits == 10 || *d.bits == 12 ? Packing::kMipi : Packing::kBytes));
  if (d.row_bytes && (*d.row_bytes < 0 || static_cast<std::uint64_t>(*d.row_bytes) < least)) {
    throw Error("row_bytes = " + std::to_string(*d.row_bytes) + ", a row has at least " + std::to_string(least));
  }
}

/// Chosen by `bytes`, the size of the (uncompressed) file, when not said.
Layout chosen_layout(const MosaicDescription& description, std::uint64_t bytes) {
  if (description.packing) return layout_of(description, *description.packing);
  const Layout plain = layout_of(description, Packing::kBytes);
  if (plain.bits != 10 && plain.bits != 12) return plain;
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

void unpack_row(const unsigned char* from, const Layout& layout, std::uint16_t* to) {
  const int width = layout.size.width;
  if (layout.bits == 8) {
    std::copy_n(from, width, to);
  } else if (layout.packing == Packing::kBytes) {
    for (int x = 0; x < width; x++) to[x] = static_cast<std::uint16_t>(from[2 * x] | from[2 * x + 1] << 8);
  } else if (layout.bits == 10) {  // MIPI CSI-2, RAW10: four high bytes, then their low two bits, first pixel lowest
    for (int x = 0; x < width; x++) {
      const unsigned char* group = from + x / 4 * 5;
      to[x] = static_cast<std::uint16_t>(group[x % 4] << 2 | (group[4] >> 2 * (x % 4) & 3));
    }
  } else {  // RAW12: two high bytes, then their low four bits
    for (int x = 0; x < width; x++) {
      const unsigned char* group = from + x / 2 * 3;
      to[x] = static_cast<std::uint16_t>(group[x % 2] << 4 | (group[2] >> 4 * (x % 2) & 15));
    }
  }
}

void skip(Source& source, std::uint64_t count) {
  std::array<unsigned char, 4096> unused;
  while (count > 0) {
    const std::size_t got = source.read(unused.data(), static_cast<std::size_t>(std::min<std::uint64_t>(count, unused.size())));
    if (got == 0) return;  // the first row will find nothing
    count -= got;
  }
}

/// Fills the frame's pixels; warnings about what does not look as described.
std::vector<std::string> read_rows(Source& source, const Layout& layout, std::uint16_t* pixels, std::ptrdiff_t stride) {
  std::vector<unsigned char> row(static_cast<std::size_t>(layout.row_bytes));
  const int largest = (1 << layout.bits) - 1;
  long long too_large = 0;
  std::uint64_t got_bytes = layout.offset;
  skip(source, layout.offset);
  for (int y = 0; y < layout.size.height; y++) {
    const std::size_t got = source.read(row.data(), row.size());
    got_bytes += got;
    if (got < layout.used_row_bytes) {
      throw Error("found " + std::to_string(got_bytes) + " bytes, expected " + std::to_string(layout.full_bytes()) + ": row " +
                  std::to_string(y) + " of " + std::to_string(layout.size.height) + " is not whole");
    }
    std::uint16_t* to = pixels + y * stride;
    unpack_row(row.data(), layout, to);
    too_large += std::count_if(to, to + layout.size.width, [largest](int code) { return code > largest; });
  }

  std::vector<std::string> warnings;
  unsigned char more = 0;
  if (source.read(&more, 1) > 0) {
    const std::string found = source.is_gzip_file() ? "more" : std::to_string(source.size());
    warnings.push_back("trailing bytes are ignored: found " + found + ", expected " + std::to_string(layout.full_bytes()));
  }
  const long long all = 1LL * layout.size.width * layout.size.height;
  if (100 * too_large > all) {
    warnings.push_back(std::to_string(100 * too_large / all) + " % of the codes are above " + std::to_string(largest) +
                       ", the largest of " + std::to_string(layout.bits) + " bits: the description does not fit the file");
  }
  return warnings;
}

// ---- the frame -----------------------------------------------------------------------------------------------------------------

struct Free {
  void operator()(void* memory) const { std::free(memory); }
};

SensorInfo sensor_of(const MosaicDescription& d) {
  SensorInfo sensor;
  sensor.make = d.make;
  sensor.model = d.model;
  sensor.active = *d.size;
  sensor.cfa = *d.cfa;
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
  if (1LL * size.width * size.height > kMaxPixels) {
    throw Error(std::to_string(size.width) + "x" + std::to_string(size.height) + " pixels are more than the " + std::to_string(kMaxPixels) +
                " that are read");
  }
  RawFrame frame;
  frame.sensor = sensor_of(description);
  Source source(path);
  const Layout layout = chosen_layout(description, source.size());
  source.expect(layout.least_bytes());

  constexpr std::size_t kAlignment = 64;  // a cache line, and the widest vector there is
  const std::size_t row_bytes = (size.width * sizeof(std::uint16_t) + kAlignment - 1) / kAlignment * kAlignment;
  std::unique_ptr<void, Free> block(std::aligned_alloc(kAlignment, row_bytes * static_cast<std::size_t>(size.height)));
  if (!block) throw std::bad_alloc();
  auto* pixels = static_cast<std::uint16_t*>(block.get());
  frame.stride = static_cast<std::ptrdiff_t>(row_bytes / sizeof(std::uint16_t));
  frame.capture.warnings = read_rows(source, layout, pixels, frame.stride);
  frame.data = pixels;
  frame.lease = std::shared_ptr<void>(std::move(block));

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
