#include "isp/io/raw_file.h"

#include <libraw/libraw.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>
#include <string_view>
#include <system_error>
#include <utility>

#include "isp/io/black_level.h"
#include "isp/io/damage.h"
#include "isp/io/dng_tags.h"
#include "isp/io/masked_black.h"
#include "isp/io/opcode_geometry.h"
#include "isp/io/raw_capture.h"
#include "isp/io/raw_sensor.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

// Room for kMaxPixels of a mosaic, or for 268 million pixels of four samples.
constexpr unsigned kMaxDecoderMegabytes = 2048;
// No compression that cameras use goes below a bit a pixel; deflate (DNG) may reach a thousandth of the size on constant pictures.
constexpr long long kMaxPixelsPerByte = 1024;

/// LibRaw with what it keeps to itself, and with its habits mended: it prints to stderr, and takes memory for the picture without
/// clearing it, so that a decoder which stops early would show what was there before.
class Decoder : public LibRaw {
 public:
  struct DngArea {
    DngOrigin origin;
    Rect crop;  ///< DefaultCrop in the whole raw picture; 0 x 0: not said
  };

  explicit Decoder(const char* path) : stream_(std::make_unique<Stream>(*this, path)) {
    set_dataerror_handler(&note_data_error, this);
#if LIBRAW_COMPILE_CHECK_VERSION_NOTLESS(0, 21)
    imgdata.rawparams.max_raw_memory_mb = kMaxDecoderMegabytes;
#else
    imgdata.params.max_raw_memory_mb = kMaxDecoderMegabytes;
#endif
  }

  /// Reads the headers.
  void open() {
    if (!stream_->valid()) throw Error("cannot be opened");
    expect_success(open_datastream(stream_.get()));
  }

  /// Decodes the pixels.
  void decode() {
    stream_->clear_picture_at_next_seek();
    expect_success(unpack());
    libraw_internal_data.internal_data.input = nullptr;
    stream_.reset();
  }

  const std::vector<std::string>& data_errors() const { return data_errors_; }

  /// Bytes that the raw picture's only strip lies beyond the end of the file; 0 when it does not, or is not simple enough to tell.
  long long missing_bytes() const {
    const int raw = raw_ifd();
    if (raw < 0) return 0;
    const tiff_ifd_t& ifd = tiff_ifd[raw];
    const bool one_strip = ifd.t_tile_width == 0 && (ifd.rows_per_strip <= 0 || ifd.rows_per_strip >= ifd.t_height);
    if (!one_strip || ifd.offset <= 0 || ifd.bytes <= 0) return 0;
    return std::max(0LL, static_cast<long long>(ifd.offset) + ifd.bytes - static_cast<long long>(stream_->size()));
  }

  DngArea dng_area() const {
    const int raw = raw_ifd();
    if (raw < 0) return {{imgdata.sizes.left_margin, imgdata.sizes.top_margin}, {}};
    const tiff_ifd_t& ifd = tiff_ifd[raw];
    const libraw_dng_levels_t& levels = (ifd.dng_levels.default_crop[2] ? ifd : tiff_ifd[0]).dng_levels;
    std::array<int, 4> crop{};
    for (int i = 0; i < 4; i++) crop[i] = static_cast<int>(std::min<unsigned>(levels.default_crop[i], 65'535));
    return {{ifd.t_lm, ifd.t_tm}, {ifd.t_lm + crop[0], ifd.t_tm + crop[1], crop[2], crop[3]}};
  }

 private:
  class Stream : public LibRaw_bigfile_datastream {
   public:
    Stream(Decoder& decoder, const char* path) : LibRaw_bigfile_datastream(path), decoder_(decoder) {}
    void clear_picture_at_next_seek() { clear_ = true; }
    int seek(INT64 offset, int whence) override {
      // unpack() takes the memory, seeks to the data, and decodes.
      if (std::exchange(clear_, false)) decoder_.clear_picture();
      return LibRaw_bigfile_datastream::seek(offset, whence);
    }

   private:
    Decoder& decoder_;
    bool clear_ = false;
  };

  static void note_data_error(void* self, const char*, const int offset) {
    const std::string where =
        offset == -1 ? std::string("the file ends before its data") : "the file is damaged at byte " + std::to_string(offset);
    static_cast<Decoder*>(self)->data_errors_.push_back("decoded, but " + where + ": the picture looks broken");
  }

  static void expect_success(int status) {
    if (status == LIBRAW_SUCCESS) return;
    if (status > 0) throw Error(std::string("cannot be read: ") + std::strerror(status));
    if (status == LIBRAW_FILE_UNSUPPORTED) throw Error("is no raw file that " + raw_library_version() + " knows");
    std::string reason = libraw_strerror(status);
    if (!reason.empty()) reason[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(reason[0])));
    throw Error("cannot be decoded: " + reason + " (the file may be truncated or damaged)");
  }

  void clear_picture() {
    const libraw_rawdata_t& raw = imgdata.rawdata;
    if (!raw.raw_alloc) return;
    const std::size_t samples = raw.color3_image ? 3 : 1;
    std::memset(raw.raw_alloc, 0, std::size_t{imgdata.sizes.raw_width} * imgdata.sizes.raw_height * samples * sizeof(std::uint16_t));
  }

  int raw_ifd() const {
    const unsigned count = std::min<unsigned>(libraw_internal_data.identify_data.tiff_nifds, LIBRAW_IFD_MAXCOUNT);
    for (unsigned i = 0; i < count; i++) {
      if (tiff_ifd[i].offset == libraw_internal_data.unpacker_data.data_offset) return static_cast<int>(i);
    }
    return -1;
  }

  std::unique_ptr<Stream> stream_;
  std::vector<std::string> data_errors_;
};

void expect_plausible_size(const LibRaw& decoder, std::uintmax_t file_size) {
  const libraw_image_sizes_t& sizes = decoder.imgdata.sizes;
  const long long pixels = 1LL * std::max(sizes.raw_width, sizes.width) * std::max(sizes.raw_height, sizes.height);
  const std::string found = std::to_string(sizes.raw_width) + "x" + std::to_string(sizes.raw_height) + " pixels";
  if (pixels > kMaxPixels) throw Error(found + " are more than the " + std::to_string(kMaxPixels) + " that are taken for true");
  if (pixels / kMaxPixelsPerByte > static_cast<long long>(file_size)) {
    throw Error(found + " cannot be in a file of " + std::to_string(file_size) + " bytes");
  }
}

// ---- pixels -----------------------------------------------------------------------------------------------------------------

struct Pixels {
  std::shared_ptr<const void> lease;
  std::uint16_t* data = nullptr;
  std::ptrdiff_t stride = 0;  ///< in samples
};

/// The decoder's own memory.
Pixels lease_mosaic(const std::shared_ptr<Decoder>& decoder) {
  const libraw_image_sizes_t& sizes = decoder->imgdata.sizes;
  std::uint16_t* raw = decoder->imgdata.rawdata.raw_image;
  const std::ptrdiff_t stride = sizes.raw_pitch / sizeof(std::uint16_t);
  if (!raw || stride < sizes.raw_width) throw Error("the decoder returned no mosaic");
  return {decoder, raw + sizes.top_margin * stride + sizes.left_margin, stride};
}

template <std::size_t channels>
void copy_rgb(const std::uint16_t (*from)[channels], std::ptrdiff_t pitch, Size size, std::uint16_t* to) {
  for (int y = 0; y < size.height; y++) {
    const auto* row = reinterpret_cast<const std::uint16_t(*)[channels]>(reinterpret_cast<const char*>(from) + y * pitch);
    for (int x = 0; x < size.width; x++, to += 3) std::copy_n(row[x], 3, to);
  }
}

/// A copy, because LibRaw may keep four samples a pixel.
Pixels copy_planes(const Decoder& decoder, Size size) {
  const libraw_rawdata_t& raw = decoder.imgdata.rawdata;
  const libraw_image_sizes_t& sizes = decoder.imgdata.sizes;
  const std::ptrdiff_t pitch = sizes.raw_pitch, sample = sizeof(std::uint16_t);
  const int channels = raw.color3_image ? 3 : 4;
  if ((!raw.color3_image && !raw.color4_image) || pitch < sizes.raw_width * channels * sample)
    throw Error("the decoder returned no colors");
  const std::ptrdiff_t stride = std::ptrdiff_t{3} * size.width;
  auto block = std::make_shared_for_overwrite<std::uint16_t[]>(static_cast<std::size_t>(stride) * size.height);
  const std::ptrdiff_t origin = sizes.top_margin * pitch + sizes.left_margin * channels * sample;
  const char* first = reinterpret_cast<const char*>(raw.color3_image ? raw.color3_image[0] : raw.color4_image[0]) + origin;
  if (channels == 3) {
    copy_rgb(reinterpret_cast<const std::uint16_t(*)[3]>(first), pitch, size, block.get());
  } else {
    copy_rgb(reinterpret_cast<const std::uint16_t(*)[4]>(first), pitch, size, block.get());
  }
  std::uint16_t* data = block.get();
  return {std::move(block), data, stride};
}

/// What the file says, or what its masked pixels show where that is asked for, or it says nothing.
BlackLevels settled_black(BlackLevels said, const LibRaw& decoder, CfaPattern cfa, BlackSource source) {
  const bool silent = said.pattern.empty() && std::all_of(said.sites.begin(), said.sites.end(), [](float level) { return level == 0; });
  if (source == BlackSource::kFile && !silent) return said;
  const auto masked = masked_black_of(decoder, cfa);
  if (masked) return {.sites = *masked, .rows = 0, .columns = 0, .pattern = {}};
  if (source == BlackSource::kMasked) throw Error("has no masked pixels that show its black level");
  return said;
}

/// What LibRaw keeps to itself. A file whose tags cannot be read has pixels all the same.
void attach_dng_tags(const std::filesystem::path& path, const libraw_image_sizes_t& sizes, RawFrame& frame) {
  try {
    const Size whole{sizes.raw_width, sizes.raw_height};
    DngTags tags = read_dng_tags(path, whole);
    for (std::string& warning : tags.warnings) frame.capture.warnings.push_back(std::move(warning));
    std::vector<ColorMatrix> matrices = color_matrices_of(tags.profile);
    if (!matrices.empty()) frame.sensor.matrices = std::move(matrices);
    frame.sensor.noise = mean_noise(tags.profile);
    const Rect active{sizes.left_margin, sizes.top_margin, frame.size().width, frame.size().height};
    DngOpcodes opcodes = in_frame(std::move(tags.opcodes), {whole, tags.active_area, active});
    if (!opcodes.empty()) frame.opcodes = std::make_shared<const DngOpcodes>(std::move(opcodes));
    frame.dng_profile = std::make_shared<const DngProfile>(std::move(tags.profile));
  } catch (const Error& error) {
    frame.capture.warnings.push_back(std::string("its DNG tags are left out: the file ") + error.what());
  }
}

RawFrame decode(const std::filesystem::path& path, std::uintmax_t file_size, BlackSource source) {
  const auto decoder = std::make_shared<Decoder>(path.c_str());
  decoder->open();
  const CfaPattern cfa = cfa_of(*decoder);
  expect_plausible_size(*decoder, file_size);
  const Decoder::DngArea dng = decoder->dng_area();
  const long long missing = decoder->missing_bytes();
  decoder->decode();

  RawFrame frame;
  frame.sensor = sensor_of(*decoder, cfa);
  const BlackLevels black = settled_black(black_levels_of(*decoder, cfa, dng.origin), *decoder, cfa, source);
  frame.sensor.black = fold(black, cfa);
  check(frame.sensor);
  Pixels pixels = cfa == CfaPattern::kRgb ? copy_planes(*decoder, frame.size()) : lease_mosaic(decoder);
  subtract_residual(black, frame.sensor, pixels.data, pixels.stride);
  frame.lease = std::move(pixels.lease);
  frame.data = pixels.data;
  frame.stride = pixels.stride;
  frame.applied = applied_of(*decoder);
  frame.capture = capture_of(*decoder, cfa, dng.crop);
  frame.capture.warnings = decoder->data_errors();
  if (missing > 0) {
    frame.capture.warnings.push_back("decoded, but the file lacks " + std::to_string(missing) +
                                     " bytes of its data: the picture looks broken");
  }
  if (decoder->imgdata.idata.dng_version != 0) attach_dng_tags(path, decoder->imgdata.sizes, frame);
  for (std::string& sign : signs_of_damage(frame)) frame.capture.warnings.push_back(std::move(sign));
  return frame;
}

std::uintmax_t size_of_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) throw Error("no such file");
  if (std::filesystem::is_directory(status)) throw Error("is a folder, expected a raw file");
  if (!std::filesystem::is_regular_file(status)) throw Error("is no regular file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw Error("cannot be read: " + error.message());
  if (size == 0) throw Error("is empty");
  return size;
}

bool has_raw_extension(const std::filesystem::path& path) {
  static constexpr std::array<std::string_view, 43> kExtensions{
      ".3fr", ".ari", ".arw", ".bay", ".cap", ".cin", ".cr2", ".cr3", ".crw", ".cs1", ".dc2", ".dcr", ".dng", ".drf", ".eip",
      ".erf", ".fff", ".gpr", ".ia",  ".iiq", ".k25", ".kc2", ".kdc", ".mdc", ".mef", ".mos", ".mrw", ".nef", ".nrw", ".orf",
      ".ori", ".pef", ".ptx", ".pxn", ".qtk", ".raf", ".rdc", ".rw2", ".rwl", ".rwz", ".sr2", ".srf", ".srw"};
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (extension == ".x3f" || extension == ".sti") return true;
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

/// Signatures of the makers' own formats. Plain TIFF is a picture unless its extension says otherwise.
bool has_raw_content(const std::filesystem::path& path) {
  std::array<char, 16> bytes{};
  std::ifstream(path, std::ios::binary).read(bytes.data(), bytes.size());
  const std::string_view head(bytes.data(), bytes.size());
  using namespace std::literals;
  constexpr std::array kStarts{"FUJIFILM"sv, "IIU\0"sv, "IIRO"sv, "IIRS"sv, "MMOR"sv, "\0MRM"sv, "FOVb"sv};
  const auto starts = [&](std::string_view start) { return head.substr(0, start.size()) == start; };
  return std::any_of(kStarts.begin(), kStarts.end(), starts) || head.substr(4, 7) == "ftypcrx" || head.substr(6, 8) == "HEAPCCDR" ||
         (starts("II*\0"sv) && head.substr(8, 2) == "CR");
}

}  // namespace

bool is_raw_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  return has_raw_extension(path) || has_raw_content(path);
}

RawFrame load_raw(const std::filesystem::path& path, BlackSource black) {
  try {
    return decode(path, size_of_file(path), black);
  } catch (const Error& error) {
    throw Error(path.string() + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw Error(path.string() + ": not enough memory for its pixels");
  }
}

std::string raw_library_version() {
  return std::string("LibRaw ") + std::string(LibRaw::version()).substr(0, std::string(LibRaw::version()).find('-'));
}

}  // namespace argent
