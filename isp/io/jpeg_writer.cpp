#include "isp/io/jpeg_writer.h"

#include <cstdio>  // jpeglib.h does not bring it along

#include <jpeglib.h>

#include <csetjmp>
#include <cstddef>
#include <functional>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

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

  /// False after an error. libjpeg leaves by longjmp: nothing between here and there may own anything.
  bool write(const Image& image, int quality, const Blocks& blocks) {
    if (setjmp(errors_.escape) != 0) return false;
    write_head(image, quality, blocks);
    write_rows(image);
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

  void write_head(const Image& image, int quality, const Blocks& blocks) {
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
    jpeg_.image_width = static_cast<JDIMENSION>(image.width());
    jpeg_.image_height = static_cast<JDIMENSION>(image.height());
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

  void write_rows(const Image& image) {
    while (jpeg_.next_scanline < jpeg_.image_height) {
      auto* row = const_cast<JSAMPROW>(image.row<JSAMPLE>(static_cast<int>(jpeg_.next_scanline)));
      jpeg_write_scanlines(&jpeg_, &row, 1);
    }
  }

  std::vector<JOCTET> buffer_;
  Destination destination_;
  Errors errors_;
  jpeg_compress_struct jpeg_{};
  std::string message_;
  Write write_;
};

void check_size(const Image& image, const std::string& where) {
  if (image.width() <= JPEG_MAX_DIMENSION && image.height() <= JPEG_MAX_DIMENSION) return;
  throw Error(where + ": " + std::to_string(image.width()) + "x" + std::to_string(image.height()) + " pixels, a JPEG holds at most " +
              std::to_string(JPEG_MAX_DIMENSION) + " a side");
}

}  // namespace

std::vector<unsigned char> jpeg_bytes(const Image& image, int quality) {
  if (image.empty() || image.type() != PixelType::kU8) throw Error("a JPEG holds 8 bits, the picture has none or others");
  if (quality < 1 || quality > 100) throw Error("JPEG quality " + std::to_string(quality) + ", expected 1 to 100");
  check_size(image, "jpeg");
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
  if (!encoder.write(image, quality, {})) throw Error("libjpeg: " + encoder.message());
  return out;
}

void write_jpeg(const Image& image, const CaptureTags* tags, const SaveOptions& options, OutputFile& file) {
  check_size(image, file.path().string());
  Blocks blocks;
  if (tags != nullptr) blocks.exif = exif_block(*tags, image);
  blocks.xmp = xmp_block(options.xmp, file.path().string());
  blocks.icc = icc_profile_of(image);
  Encoder encoder([&](const void* bytes, std::size_t size) { return file.write(bytes, size); });
  if (encoder.write(image, options.jpeg_quality, blocks)) return;
  file.check();
  throw Error(file.path().string() + ": libjpeg: " + encoder.message());
}

}  // namespace argent
