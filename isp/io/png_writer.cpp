#include "isp/io/png_writer.h"

#include <png.h>
#include <zlib.h>

#include <bit>
#include <csetjmp>
#include <cstddef>
#include <string>
#include <vector>

#include "isp/io/icc_profile.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kExifPrefix = 6;  // "Exif\0\0" is JPEG's, the chunk does without (PNG extensions 1.5.0, 3.7)

/// What libpng's callbacks see.
struct Sink {
  OutputFile& file;
  std::string message;
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  static_cast<Sink*>(png_get_error_ptr(png))->message = message;
  png_longjmp(png, 1);
}

void on_write(png_structp png, png_bytep bytes, png_size_t size) {
  if (!static_cast<Sink*>(png_get_io_ptr(png))->file.write(bytes, size)) png_error(png, "write failed");
}

/// What stands before the pixels.
struct Blocks {
  std::vector<unsigned char> exif, icc;  ///< empty: none
  std::string xmp;
};

class Encoder {
 public:
  explicit Encoder(Sink& sink) {
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, on_error, [](png_structp, png_const_charp) {});
    info_ = png_ ? png_create_info_struct(png_) : nullptr;
    if (info_ == nullptr) {
      png_destroy_write_struct(&png_, nullptr);
      throw Error("libpng could not be started");
    }
    png_set_write_fn(png_, &sink, on_write, [](png_structp) {});
  }
  ~Encoder() { png_destroy_write_struct(&png_, &info_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  /// False after an error. libpng leaves by longjmp: nothing between here and there may own anything.
  bool write(const Image& image, const Blocks& blocks) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    write_head(image, blocks);
    write_rows(image);
    png_write_end(png_, nullptr);
    return true;
  }

 private:
  void write_head(const Image& image, const Blocks& blocks) {
    // Measured on 7.9 MP of Kodak photographs, one core: the Average filter and run lengths take 0.28 s for 14.7 MB; zlib's level 3 takes
    // 0.61 s for 13.9 MB, and with a RAW's noise added it loses in size, too (16.5 against 15.7 MB): noise does not repeat.
    png_set_filter(png_, PNG_FILTER_TYPE_BASE, PNG_FILTER_AVG);
    png_set_compression_level(png_, 1);
    png_set_compression_strategy(png_, Z_RLE);
    png_set_compression_buffer_size(png_, std::size_t{256} << 10);
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(png_, info_, static_cast<png_uint_32>(image.width()), static_cast<png_uint_32>(image.height()),
                 image.type() == PixelType::kU16 ? 16 : 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (is_srgb(image.info()))
      png_set_sRGB_gAMA_and_cHRM(png_, info_, PNG_sRGB_INTENT_PERCEPTUAL);
    else if (!blocks.icc.empty())
      png_set_iCCP(png_, info_, "ICC", 0, blocks.icc.data(), static_cast<png_uint_32>(blocks.icc.size()));
    if (image.encoding() == Encoding::kLinear) png_set_gAMA(png_, info_, 1.0);
#ifdef PNG_eXIf_SUPPORTED
    if (blocks.exif.size() > kExifPrefix) {
      png_set_eXIf_1(png_, info_, static_cast<png_uint_32>(blocks.exif.size() - kExifPrefix),
                     const_cast<png_bytep>(blocks.exif.data() + kExifPrefix));
    }
#endif
    write_xmp(blocks.xmp);
    write_signal(image);
    png_write_info(png_, info_);
    if (std::endian::native == std::endian::little && image.type() == PixelType::kU16) png_set_swap(png_);
  }

  /// PNG 3rd edition, 11.3.2.6: ITU-T H.273's numbers of BT.2020's primaries, ST 2084, RGB, full range. libpng 1.6 does not know the chunk.
  void write_signal(const Image& image) {
    if (image.color_space() != ColorSpace::kRec2100Pq || image.encoding() == Encoding::kLinear) return;
    constexpr png_byte kPq[]{9, 16, 0, 1};
    png_write_info_before_PLTE(png_, info_);
    png_write_chunk(png_, reinterpret_cast<png_const_bytep>("cICP"), kPq, sizeof kPq);
  }

  /// XMP part 3 (2020), 1.1.5: one iTXt chunk, not compressed, so that programs that know no PNG find it.
  void write_xmp(const std::string& xmp) {
    if (xmp.empty()) return;
    png_text text{};
    text.compression = PNG_ITXT_COMPRESSION_NONE;
    text.key = const_cast<png_charp>("XML:com.adobe.xmp");
    text.text = const_cast<png_charp>(xmp.c_str());
    text.itxt_length = xmp.size();
    text.lang = const_cast<png_charp>("");
    text.lang_key = const_cast<png_charp>("");
    png_set_text(png_, info_, &text, 1);
  }

  void write_rows(const Image& image) {
    for (int y = 0; y < image.height(); y++) png_write_row(png_, image.row<unsigned char>(y));
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

void write_png(const Image& image, const CaptureTags* tags, const SaveOptions& options, OutputFile& file) {
  const Blocks blocks{tags ? exif_block(*tags, image.info()) : std::vector<unsigned char>{}, icc_profile_of(image.info()), options.xmp};
  Sink sink{file, {}};
  Encoder encoder(sink);
  if (encoder.write(image, blocks)) return;
  file.check();
  throw Error(file.path().string() + ": libpng: " + sink.message);
}

}  // namespace argent
