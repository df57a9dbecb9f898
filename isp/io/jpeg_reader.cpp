#include <cstdio>  // jpeglib.h does not bring it along

#include <jpeglib.h>

#include <jerror.h>

#include <array>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "isp/io/picture_readers.h"
#include "isp/orientation.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

class Decoder {
 public:
  explicit Decoder(std::FILE* file) : errors_{{}, {}, {}} {
    jpeg_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = on_error;
    errors_.base.emit_message = on_message;
    errors_.base.output_message = [](j_common_ptr) {};
    jpeg_.mem = nullptr;  // what jpeg_destroy_decompress looks at when jpeg_create_decompress failed
    file_ = file;
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // libjpeg leaves these by longjmp: nothing with a destructor may live in them. False: fail() says why.

  bool read_head() {
    if (setjmp(errors_.escape) != 0) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_stdio_src(&jpeg_, file_);
    jpeg_save_markers(&jpeg_, JPEG_APP0 + 1, 0xffff);
    jpeg_save_markers(&jpeg_, JPEG_APP0 + 2, 0xffff);
    jpeg_read_header(&jpeg_, TRUE);
    return true;
  }

  bool read_rows(Image& image) {
    if (setjmp(errors_.escape) != 0) return false;
    jpeg_.out_color_space = JCS_RGB;
    jpeg_.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&jpeg_);
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = image.row<JSAMPLE>(static_cast<int>(jpeg_.output_scanline));
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  bool read_profile(JOCTET** bytes, unsigned int* size) {
    if (setjmp(errors_.escape) != 0) return false;
    if (jpeg_read_icc_profile(&jpeg_, bytes, size) == FALSE) *size = 0;
    return true;
  }

  Orientation orientation() const {
    constexpr std::string_view kExif("Exif\0\0", 6);
    for (jpeg_saved_marker_ptr marker = jpeg_.marker_list; marker != nullptr; marker = marker->next) {
      const std::string_view bytes(reinterpret_cast<const char*>(marker->data), marker->data_length);
      if (marker->marker != JPEG_APP0 + 1 || !bytes.starts_with(kExif)) continue;
      return orientation_of_exif({marker->data + kExif.size(), marker->data_length - kExif.size()});
    }
    return Orientation::kNormal;
  }

  [[noreturn]] void fail() const { throw Error("libjpeg: " + std::string(errors_.message.data())); }

  const jpeg_decompress_struct& head() const { return jpeg_; }

 private:
  struct Errors {
    jpeg_error_mgr base;
    std::jmp_buf escape;
    std::array<char, JMSG_LENGTH_MAX> message;
  };

  [[noreturn]] static void on_error(j_common_ptr jpeg) {
    auto& errors = *reinterpret_cast<Errors*>(jpeg->err);
    errors.base.format_message(jpeg, errors.message.data());
    std::longjmp(errors.escape, 1);
  }

  /// libjpeg goes on with grey where a file breaks off, and calls that a warning.
  static void on_message(j_common_ptr jpeg, int level) {
    const int code = jpeg->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE)) on_error(jpeg);
  }

  Errors errors_;
  jpeg_decompress_struct jpeg_{};
  std::FILE* file_ = nullptr;
};

std::vector<unsigned char> profile_of(Decoder& decoder) {
  JOCTET* bytes = nullptr;
  unsigned int size = 0;
  const bool read = decoder.read_profile(&bytes, &size);
  const std::unique_ptr<JOCTET, decltype(&std::free)> owner(bytes, &std::free);
  if (!read) decoder.fail();
  check_profile_size(size);
  return size == 0 ? std::vector<unsigned char>() : std::vector<unsigned char>(bytes, bytes + size);
}

}  // namespace

LoadedPicture read_jpeg(const PictureSource& source) {
  Decoder decoder(source.file);
  if (!decoder.read_head()) decoder.fail();
  const Size size = checked_size(decoder.head().image_width, decoder.head().image_height, source.size);
  const J_COLOR_SPACE space = decoder.head().jpeg_color_space;
  if (space != JCS_YCbCr && space != JCS_RGB && space != JCS_GRAYSCALE) throw Error("is a JPEG of four inks, expected RGB, YCbCr or grey");
  LoadedPicture picture;
  picture.icc_profile = profile_of(decoder);
  BufferPool pool;
  Image image(pool, size, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  if (!decoder.read_rows(image)) decoder.fail();
  picture.image = upright(std::move(image), decoder.orientation(), pool);
  return picture;
}

}  // namespace argent
