#include "isp/io/jpeg_writer.h"

#include <cstdio>  // jpeglib.h does not bring it along

#include <jpeglib.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <functional>
#include <future>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "isp/io/banded_jpeg.h"
#include "isp/io/icc_profile.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kFullChromaFrom = 90;  // quality

/// What stands before the pixels, each as its marker holds it; empty: left out.
struct Blocks {
  std::vector<unsigned char> exif, xmp, icc;
};

/// XMP part 3 (2020), 1.1.3: the name with its zero, then the packet, in one marker.
std::vector<unsigned char> xmp_block(const std::string& packet, const std::string& where) {
  constexpr std::string_view kName("http://ns.adobe.com/xap/1.0/\0", 29);
  constexpr std::size_t kMost = 65'533;  // what a marker holds beside its length
  if (packet.empty()) return {};
  if (packet.size() > kMost - kName.size()) {
    throw Error(where + ": XMP of " + std::to_string(packet.size()) + " bytes, a JPEG holds at most " +
                std::to_string(kMost - kName.size()));
  }
  std::vector<unsigned char> block(kName.begin(), kName.end());
  block.insert(block.end(), packet.begin(), packet.end());
  return block;
}

class Encoder {
 public:
  /// Where the bytes go; false: they could not. Must not throw.
  using Write = std::function<bool(const void* bytes, std::size_t size)>;

  explicit Encoder(Write write) : buffer_(std::size_t{64} << 10), destination_{{}, this}, errors_{{}, this, {}}, write_(std::move(write)) {
    jpeg_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = on_error;
    errors_.base.output_message = [](j_common_ptr) {};
    jpeg_.mem = nullptr;  // what jpeg_destroy_compress looks at when jpeg_create_compress failed
  }
  ~Encoder() { jpeg_destroy_compress(&jpeg_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  // These three one after the other; false after an error. libjpeg leaves by longjmp: nothing between here and there may own anything.
  bool begin(const ImageInfo& picture, int quality, const Blocks& blocks) {
    if (setjmp(errors_.escape) != 0) return false;
    write_head(picture, quality, blocks);
    return true;
  }
  /// The next rows.
  bool add(const Image& rows) {
    if (setjmp(errors_.escape) != 0) return false;
    for (int y = 0; y < rows.height(); y++) {
      auto* row = const_cast<JSAMPROW>(rows.row<JSAMPLE>(y));
      jpeg_write_scanlines(&jpeg_, &row, 1);
    }
    return true;
  }
  bool end() {
    if (setjmp(errors_.escape) != 0) return false;
    jpeg_finish_compress(&jpeg_);
    return true;
  }

  const std::string& message() const { return message_; }

 private:
  struct Destination {
    jpeg_destination_mgr base;
    Encoder* encoder;
  };
  struct Errors {
    jpeg_error_mgr base;
    Encoder* encoder;
    std::jmp_buf escape;
  };

  [[noreturn]] static void on_error(j_common_ptr jpeg) {
    auto* errors = reinterpret_cast<Errors*>(jpeg->err);
    errors->encoder->remember(jpeg);
    std::longjmp(errors->escape, 1);
  }

  void remember(j_common_ptr jpeg) {
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    message_ = text;
  }

  static Encoder& encoder_of(j_compress_ptr jpeg) { return *reinterpret_cast<Destination*>(jpeg->dest)->encoder; }

  void rewind() {
    destination_.base.next_output_byte = buffer_.data();
    destination_.base.free_in_buffer = buffer_.size();
  }

  void flush(std::size_t size) {
    if (!write_(buffer_.data(), size)) jpeg_.err->error_exit(reinterpret_cast<j_common_ptr>(&jpeg_));
    rewind();
  }

  void write_head(const ImageInfo& picture, int quality, const Blocks& blocks) {
    const auto& [exif, xmp, icc] = blocks;
    jpeg_create_compress(&jpeg_);
    jpeg_.dest = &destination_.base;
    destination_.base.init_destination = [](j_compress_ptr jpeg) { encoder_of(jpeg).rewind(); };
    destination_.base.empty_output_buffer = [](j_compress_ptr jpeg) {
      encoder_of(jpeg).flush(encoder_of(jpeg).buffer_.size());
      return static_cast<boolean>(TRUE);
    };
    destination_.base.term_destination = [](j_compress_ptr jpeg) {
      encoder_of(jpeg).flush(encoder_of(jpeg).buffer_.size() - jpeg->dest->free_in_buffer);
    };
    jpeg_.image_width = static_cast<JDIMENSION>(picture.size.width);
    jpeg_.image_height = static_cast<JDIMENSION>(picture.size.height);
    jpeg_.input_components = Image::kChannels;
    jpeg_.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg_);
    jpeg_set_quality(&jpeg_, quality, TRUE);
    jpeg_.dct_method = JDCT_ISLOW;
    jpeg_.optimize_coding = FALSE;
    const int chroma = quality < kFullChromaFrom ? 2 : 1;
    jpeg_.comp_info[0].h_samp_factor = jpeg_.comp_info[0].v_samp_factor = chroma;
    jpeg_.write_JFIF_header = exif.empty() ? TRUE : FALSE;  // EXIF's marker has to be the first (EXIF 2.3, 4.5.5)
    jpeg_start_compress(&jpeg_, TRUE);
    if (!exif.empty()) jpeg_write_marker(&jpeg_, JPEG_APP0 + 1, exif.data(), static_cast<unsigned int>(exif.size()));
    if (!xmp.empty()) jpeg_write_marker(&jpeg_, JPEG_APP0 + 1, xmp.data(), static_cast<unsigned int>(xmp.size()));
    if (!icc.empty()) jpeg_write_icc_profile(&jpeg_, icc.data(), static_cast<unsigned int>(icc.size()));
  }

  std::vector<JOCTET> buffer_;
  Destination destination_;
  Errors errors_;
  jpeg_compress_struct jpeg_{};
  std::string message_;
  Write write_;
};

}  // namespace

void check_jpeg(const ImageInfo& picture, int quality, const std::string& where) {
  const auto refuse = [&](const std::string& what) { throw Error(where + ": " + what); };
  if (picture.type != PixelType::kU8) refuse("a JPEG holds 8 bits, the picture has " + std::to_string(8 * sample_size(picture.type)));
  if (quality < 1 || quality > 100) refuse("JPEG quality " + std::to_string(quality) + ", expected 1 to 100");
  if (std::max(picture.size.width, picture.size.height) > JPEG_MAX_DIMENSION)
    refuse(to_text(picture.size) + " pixels, a JPEG holds at most " + std::to_string(JPEG_MAX_DIMENSION) + " a side");
}

std::vector<unsigned char> jpeg_bytes(const Image& image, int quality) {
  if (image.empty()) throw Error("there is no picture to write");
  check_jpeg(image.info(), quality, "jpeg");
  std::vector<unsigned char> out;
  Encoder encoder([&](const void* bytes, std::size_t size) {
    try {
      const auto* first = static_cast<const unsigned char*>(bytes);
      out.insert(out.end(), first, first + size);
      return true;
    } catch (const std::bad_alloc&) {
      return false;
    }
  });
  if (!encoder.begin(image.info(), quality, {}) || !encoder.add(image) || !encoder.end()) throw Error("libjpeg: " + encoder.message());
  return out;
}

namespace {

Blocks blocks_of(const ImageInfo& picture, const CaptureTags* tags, const SaveOptions& options, const std::string& where) {
  return {tags != nullptr ? exif_block(*tags, picture) : std::vector<unsigned char>{}, xmp_block(options.xmp, where),
          icc_profile_of(picture)};
}

/// After `encoder` said that it failed.
[[noreturn]] void fail(const Encoder& encoder, const OutputFile& file) {
  file.check();
  throw Error(file.path().string() + ": libjpeg: " + encoder.message());
}

}  // namespace

void write_jpeg(const Image& image, const CaptureTags* tags, const SaveOptions& options, OutputFile& file) {
  Encoder encoder([&](const void* bytes, std::size_t size) { return file.write(bytes, size); });
  const Blocks blocks = blocks_of(image.info(), tags, options, file.path().string());
  if (!encoder.begin(image.info(), options.jpeg_quality, blocks) || !encoder.add(image) || !encoder.end()) fail(encoder, file);
}

struct BandedJpeg::State {
  State(const std::filesystem::path& path, Size size, const SaveOptions& how, const RawFrame* frame)
      : options(how), file(path, how.overwrite), encoder([this](const void* bytes, std::size_t n) { return file.write(bytes, n); }) {
    picture.size = size;
    if (frame != nullptr) tags = capture_tags_of(*frame);
  }

  SaveOptions options;
  std::optional<CaptureTags> tags;
  OutputFile file;
  Encoder encoder;
  ImageInfo picture;  ///< its format is the first band's
  int rows = 0;
  std::future<void> busy;  ///< with the band before; the last member: the others outlive it
};

BandedJpeg::BandedJpeg(const std::filesystem::path& path, Size size, const SaveOptions& options, const RawFrame* frame)
    : state_(std::make_unique<State>(path, size, options, frame)) {}

BandedJpeg::~BandedJpeg() = default;

void BandedJpeg::take(Image band) {
  State& s = *state_;
  const std::string where = s.file.path().string();
  const ImageInfo info = band.info();
  if (s.rows == 0) {
    s.picture = {s.picture.size, info.type, info.encoding, info.color_space};
    check_jpeg(s.picture, s.options.jpeg_quality, where);
    if (!s.encoder.begin(s.picture, s.options.jpeg_quality, blocks_of(s.picture, s.tags ? &*s.tags : nullptr, s.options, where)))
      fail(s.encoder, s.file);
  }
  if (info.type != s.picture.type || info.size.width != s.picture.size.width || info.size.height > s.picture.size.height - s.rows)
    throw Error(where + ": a band of " + to_text(info.size) + " pixels does not fit a picture of " + to_text(s.picture.size));
  s.rows += info.size.height;
  if (s.busy.valid()) s.busy.get();
  s.busy = std::async(std::launch::async, [&s, rows = std::move(band)] {
    if (!s.encoder.add(rows)) fail(s.encoder, s.file);
  });
}

void BandedJpeg::finish() {
  State& s = *state_;
  if (s.busy.valid()) s.busy.get();
  if (s.rows != s.picture.size.height) throw Error(s.file.path().string() + ": rows of the picture lack");
  if (!s.encoder.end()) fail(s.encoder, s.file);
  s.file.commit();
}

}  // namespace argent
