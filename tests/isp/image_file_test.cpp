#include "isp/io/image_file.h"

#include <gtest/gtest.h>
#include <libexif/exif-data.h>
#include <png.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <tiffio.h>
#include <unistd.h>

#include <jpeglib.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "isp/io/banded_jpeg.h"
#include "isp/io/exr_file.h"
#include "isp/io/icc_profile.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

/// What a reader found in a file: rows of R, G, B, and the labels.
struct Picture {
  Size size;
  int bits = 0;
  std::vector<int> samples;
  std::vector<unsigned char> exif;  ///< a TIFF structure
  std::vector<unsigned char> icc;
  bool srgb_chunk = false;
};

Picture read_png(const fs::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file.get());
  png_read_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
  Picture picture;
  picture.size = {static_cast<int>(png_get_image_width(png, info)), static_cast<int>(png_get_image_height(png, info))};
  picture.bits = png_get_bit_depth(png, info);
  EXPECT_EQ(png_get_color_type(png, info), PNG_COLOR_TYPE_RGB);
  png_bytepp rows = png_get_rows(png, info);
  for (int y = 0; y < picture.size.height; y++) {
    for (int i = 0; i < picture.size.width * 3; i++) {
      picture.samples.push_back(picture.bits == 16 ? rows[y][2 * i] * 256 + rows[y][2 * i + 1] : rows[y][i]);
    }
  }
  png_charp icc_name = nullptr;
  png_bytep icc = nullptr;
  png_uint_32 icc_size = 0;
  int compression = 0;
  if (png_get_iCCP(png, info, &icc_name, &compression, &icc, &icc_size) != 0) picture.icc.assign(icc, icc + icc_size);
  int intent = 0;
  picture.srgb_chunk = png_get_sRGB(png, info, &intent) != 0;
#ifdef PNG_eXIf_SUPPORTED
  png_uint_32 size = 0;
  png_bytep exif = nullptr;
  if (png_get_eXIf_1(png, info, &size, &exif) != 0) picture.exif.assign(exif, exif + size);
#endif
  png_destroy_read_struct(&png, &info, nullptr);
  return picture;
}

Picture read_tiff(const fs::path& path) {
  const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen(path.c_str(), "r"), TIFFClose);
  Picture picture;
  std::uint16_t bits = 0, channels = 0, orientation = 0;
  TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &picture.size.width);
  TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &picture.size.height);
  TIFFGetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, &bits);
  TIFFGetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, &channels);
  TIFFGetField(tiff.get(), TIFFTAG_ORIENTATION, &orientation);
  EXPECT_EQ(channels, 3);
  EXPECT_EQ(orientation, 1);
  picture.bits = bits;
  std::vector<unsigned char> row(static_cast<std::size_t>(TIFFScanlineSize(tiff.get())));
  for (int y = 0; y < picture.size.height; y++) {
    EXPECT_EQ(TIFFReadScanline(tiff.get(), row.data(), static_cast<std::uint32_t>(y)), 1);
    for (std::size_t i = 0; i < static_cast<std::size_t>(picture.size.width) * 3; i++) {
      std::uint16_t wide = row[i];
      if (bits == 16) std::memcpy(&wide, &row[2 * i], 2);
      picture.samples.push_back(wide);
    }
  }
  std::uint32_t size = 0;
  unsigned char* icc = nullptr;
  if (TIFFGetField(tiff.get(), TIFFTAG_ICCPROFILE, &size, &icc) == 1) picture.icc.assign(icc, icc + size);
  return picture;
}

Picture read_jpeg(const fs::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&jpeg);
  jpeg_stdio_src(&jpeg, file.get());
  jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_save_markers(&jpeg, JPEG_APP0 + 2, 0xffff);
  jpeg_read_header(&jpeg, TRUE);
  jpeg_start_decompress(&jpeg);
  Picture picture;
  picture.size = {static_cast<int>(jpeg.output_width), static_cast<int>(jpeg.output_height)};
  picture.bits = 8;
  std::vector<JSAMPLE> row(static_cast<std::size_t>(picture.size.width) * 3);
  while (jpeg.output_scanline < jpeg.output_height) {
    JSAMPLE* pointer = row.data();
    jpeg_read_scanlines(&jpeg, &pointer, 1);
    picture.samples.insert(picture.samples.end(), row.begin(), row.end());
  }
  for (jpeg_saved_marker_ptr marker = jpeg.marker_list; marker != nullptr; marker = marker->next) {
    if (marker->marker == JPEG_APP0 + 1) picture.exif.assign(marker->data + 6, marker->data + marker->data_length);
  }
  JOCTET* icc = nullptr;
  unsigned int size = 0;
  if (jpeg_read_icc_profile(&jpeg, &icc, &size) != 0) picture.icc.assign(icc, icc + size);
  std::free(icc);
  jpeg_finish_decompress(&jpeg);
  jpeg_destroy_decompress(&jpeg);
  return picture;
}

/// The value of an EXIF tag as libexif words it; empty when it is not there.
std::string exif_text(const Picture& picture, ExifIfd ifd, ExifTag tag) {
  std::vector<unsigned char> block{'E', 'x', 'i', 'f', 0, 0};
  block.insert(block.end(), picture.exif.begin(), picture.exif.end());
  const std::unique_ptr<ExifData, void (*)(ExifData*)> data(exif_data_new_from_data(block.data(), static_cast<unsigned int>(block.size())),
                                                            exif_data_unref);
  ExifEntry* entry = data ? exif_content_get_entry(data->ifd[ifd], tag) : nullptr;
  char text[200] = "";
  if (entry != nullptr) exif_entry_get_value(entry, text, sizeof text);
  return text;
}

class ImageFile : public testing::Test {
 protected:
  ImageFile() { fs::create_directories(folder); }
  ~ImageFile() override { fs::remove_all(folder); }

  /// Smooth colors with a little texture: JPEG can hold them, and no two neighbors are alike.
  Image image_of(Size size, PixelType type, Encoding encoding = Encoding::kSrgb, ColorSpace space = ColorSpace::kSrgb) {
    Image image(pool, size, type, encoding, space);
    for (int y = 0; y < size.height; y++) {
      for (int i = 0; i < size.width * 3; i++) {
        const double wave = std::sin(0.02 * i + i % 3) * std::cos(0.03 * y);
        const double value = std::clamp(0.5 + 0.45 * wave + 0.004 * ((i * 7 + y * 13) % 5), 0.0, 1.0);
        if (type == PixelType::kU8) image.row<std::uint8_t>(y)[i] = static_cast<std::uint8_t>(std::lround(value * 255));
        if (type == PixelType::kU16) image.row<std::uint16_t>(y)[i] = static_cast<std::uint16_t>(std::lround(value * 65535));
        if (type == PixelType::kF32) image.row<float>(y)[i] = static_cast<float>(value);
      }
    }
    return image;
  }

  static std::vector<int> samples_of(const Image& image) {
    std::vector<int> samples;
    for (int y = 0; y < image.height(); y++) {
      for (int i = 0; i < image.width() * 3; i++) {
        samples.push_back(image.type() == PixelType::kU8 ? image.row<std::uint8_t>(y)[i] : image.row<std::uint16_t>(y)[i]);
      }
    }
    return samples;
  }

  static RawFrame frame() {
    RawFrame frame;
    frame.sensor.make = "Kanon";
    frame.sensor.model = "X 1";
    frame.applied.settings = {Microseconds(8000), 4, 0};
    frame.applied.f_number = 5.6f;
    frame.capture.focal_length = 42.5f;
    frame.capture.time = "2024:02:29 23:59:58";
    frame.capture.orientation = Orientation::kRotated90;
    return frame;
  }

  static std::string bytes_of(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  static std::string error_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator())); }

  BufferPool pool;
  fs::path folder = fs::temp_directory_path() / ("argent_image_file_test_" + std::to_string(::getpid()));
};

TEST_F(ImageFile, FormatComesFromTheExtension) {
  EXPECT_EQ(image_format_of("a.png"), ImageFormat::kPng);
  EXPECT_EQ(image_format_of("a.TIF"), ImageFormat::kTiff);
  EXPECT_EQ(image_format_of("b/c.d.Tiff"), ImageFormat::kTiff);
  EXPECT_EQ(image_format_of("a.jpg"), ImageFormat::kJpeg);
  EXPECT_EQ(image_format_of("a.JPEG"), ImageFormat::kJpeg);
  EXPECT_EQ(image_format_of("a.exr"), ImageFormat::kExr);
  EXPECT_EQ(image_format_of("a.y4m"), ImageFormat::kY4m);
  for (const char* path : {"a.gif", "png", ".png", "a", "a.png.", ""}) EXPECT_EQ(image_format_of(path), std::nullopt) << path;
}

TEST_F(ImageFile, XmpLiesWhereReadersLook) {
  const Image image = image_of({8, 6}, PixelType::kU8);
  const std::string packet = "<?xpacket begin?><x/><?xpacket end?>";
  const RawFrame raw = frame();
  for (const char* name : {"a.png", "a.tiff", "a.jpg"}) save_image(image, folder / name, {.xmp = packet}, &raw);
  EXPECT_NE(bytes_of(folder / "a.png").find(std::string("iTXtXML:com.adobe.xmp\0\0\0\0\0", 26) + packet), std::string::npos);
  EXPECT_NE(bytes_of(folder / "a.jpg").find(std::string("http://ns.adobe.com/xap/1.0/\0", 29) + packet), std::string::npos);
  const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen((folder / "a.tiff").c_str(), "r"), TIFFClose);
  std::uint32_t size = 0;
  const char* text = nullptr;
  ASSERT_EQ(TIFFGetField(tiff.get(), TIFFTAG_XMLPACKET, &size, &text), 1);
  EXPECT_EQ(std::string(text, size), packet);
  // EXIF stays the first of a JPEG's two APP1 markers.
  const std::string jpeg = bytes_of(folder / "a.jpg");
  EXPECT_LT(jpeg.find("Exif"), jpeg.find("http://ns.adobe.com"));
  EXPECT_EQ(read_png(folder / "a.png").samples, samples_of(image));
  EXPECT_NE(error_of([&] { save_image(image, folder / "b.jpg", {.xmp = std::string(70'000, 'x')}); }).find("XMP of 70000 bytes"),
            std::string::npos);
  EXPECT_NO_THROW(save_image(image, folder / "b.jpg", {.xmp = std::string(65'504, 'x')}));
}

TEST_F(ImageFile, TheLensIsNamed) {
  RawFrame raw = frame();
  raw.capture.lens = "EF-S 17-85mm";
  const Image image = image_of({8, 6}, PixelType::kU8);
  save_image(image, folder / "a.jpg", {}, &raw);
  EXPECT_EQ(exif_text(read_jpeg(folder / "a.jpg"), EXIF_IFD_EXIF, EXIF_TAG_LENS_MODEL), "EF-S 17-85mm");
  save_image(image, folder / "a.tiff", {}, &raw);
  EXPECT_NE(bytes_of(folder / "a.tiff").find("EF-S 17-85mm"), std::string::npos);
}

TEST_F(ImageFile, OpenExrHoldsLight) {
  for (Size size : {Size{1, 1}, Size{3, 5}, Size{65, 33}}) {
    for (const ExrSample sample : {ExrSample::kHalf, ExrSample::kFloat}) {
      Image light = image_of(size, PixelType::kF32, Encoding::kLinear);
      light.row<float>(0)[0] = 7.5f;  // above 1 and below 0 are kept
      light.row<float>(0)[1] = -0.25f;
      light.row<float>(0)[2] = 1e9f;
      const RawFrame raw = frame();
      save_image(light, folder / "a.exr", {.overwrite = Overwrite::kYes, .xmp = "<x/>", .exr = sample}, &raw);
      const Image back = load_exr(folder / "a.exr");
      ASSERT_EQ(back.size(), size);
      EXPECT_EQ(back.row<float>(0)[0], 7.5f);
      EXPECT_EQ(back.row<float>(0)[1], -0.25f);
      EXPECT_EQ(back.row<float>(0)[2], sample == ExrSample::kHalf ? 65504.0f : 1e9f);
      for (int y = 0; y < size.height; y++) {
        for (int i = 3; i < size.width * 3; i++)
          EXPECT_NEAR(back.row<float>(y)[i], light.row<float>(y)[i], sample == ExrSample::kHalf ? 5e-4 : 0);
      }
      const std::string bytes = bytes_of(folder / "a.exr");
      for (const char* name : {"expTime", "aperture", "isoSpeed", "capDate", "cameraModel", "chromaticities", "xmp"})
        EXPECT_NE(bytes.find(name), std::string::npos) << name;
    }
  }
  EXPECT_NE(error_of([&] { save_image(image_of({2, 2}, PixelType::kU8), folder / "b.exr"); }).find("linear floats"), std::string::npos);
  EXPECT_NE(error_of([&] { save_image(image_of({2, 2}, PixelType::kF32), folder / "b.exr"); }).find("linear floats"), std::string::npos);
}

TEST_F(ImageFile, Y4mIsOneFrame) {
  const Image image = image_of({6, 4}, PixelType::kU8);
  save_image(image, folder / "a.y4m", {.yuv = {YuvMatrix::kBt2020, YuvRange::kFull}});
  const std::string bytes = bytes_of(folder / "a.y4m");
  EXPECT_TRUE(bytes.starts_with("YUV4MPEG2 W6 H4 F1:1 Ip C420jpeg XCOLORRANGE=FULL XBT2020\nFRAME\n")) << bytes.substr(0, 80);
  EXPECT_EQ(bytes.size(), bytes.find("FRAME\n") + 6 + 6 * 4 * 3 / 2);
  const Image wide = image_of({6, 4}, PixelType::kU16), linear = image_of({6, 4}, PixelType::kU8, Encoding::kLinear);
  for (const Image* refused : {&wide, &linear})
    EXPECT_NE(error_of([&] { save_image(*refused, folder / "b.y4m"); }).find("y4m holds"), std::string::npos);
  EXPECT_NE(error_of([&] { save_image(image_of({1, 4}, PixelType::kU8), folder / "b.y4m"); }).find("y4m holds"), std::string::npos);
}

TEST_F(ImageFile, PngAndTiffHoldEverySample) {
  for (PixelType type : {PixelType::kU8, PixelType::kU16}) {
    for (Size size : {Size{1, 1}, Size{3, 2}, Size{1, 300}, Size{641, 479}}) {
      const Image image = image_of(size, type);
      save_image(image, folder / "a.png", {.overwrite = Overwrite::kYes});
      save_image(image, folder / "a.tif", {.overwrite = Overwrite::kYes});
      for (const Picture& picture : {read_png(folder / "a.png"), read_tiff(folder / "a.tif")}) {
        EXPECT_EQ(picture.size, size);
        EXPECT_EQ(picture.bits, type == PixelType::kU8 ? 8 : 16);
        EXPECT_EQ(picture.samples, samples_of(image));
      }
    }
  }
  EXPECT_EQ(files(), 2U);
}

TEST_F(ImageFile, ViewsAreWrittenAsTheyAreSeen) {
  const std::shared_ptr<std::byte> block = pool.lease(40 * 30);
  for (int i = 0; i < 40 * 30; i++) block.get()[i] = static_cast<std::byte>(i * 31 / 7);
  const Image view(block, block.get() + 29 * 40, -40, {13, 30}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  save_image(view, folder / "a.png");
  save_image(view, folder / "a.tif");
  EXPECT_EQ(read_png(folder / "a.png").samples, samples_of(view));
  EXPECT_EQ(read_tiff(folder / "a.tif").samples, samples_of(view));
}

TEST_F(ImageFile, JpegIsCloseAndBetterWithQuality) {
  const Image image = image_of({321, 243}, PixelType::kU8);
  const std::vector<int> wanted = samples_of(image);
  const auto rms_at = [&](int quality) {
    save_image(image, folder / "a.jpg", {.jpeg_quality = quality, .overwrite = Overwrite::kYes});
    const Picture picture = read_jpeg(folder / "a.jpg");
    EXPECT_EQ(picture.size, (Size{321, 243}));
    double sum = 0;
    for (std::size_t i = 0; i < wanted.size(); i++) sum += std::pow(picture.samples[i] - wanted[i], 2);
    return std::sqrt(sum / static_cast<double>(wanted.size()));
  };
  EXPECT_LT(rms_at(92), 2);
  EXPECT_LT(rms_at(100), 1);
  EXPECT_GT(rms_at(20), rms_at(92));
}

TEST_F(ImageFile, AJpegInBandsIsTheSameFile) {
  const Image image = image_of({123, 200}, PixelType::kU8);
  const RawFrame raw = frame();
  for (int quality : {80, 92}) {
    const SaveOptions options{.jpeg_quality = quality, .overwrite = Overwrite::kYes, .xmp = "<x/>"};
    save_image(image, folder / "whole.jpg", options, &raw);
    BandedJpeg jpeg(folder / "bands.jpg", image.size(), options, &raw);
    for (int y = 0, rows = 1; y < 200; y += rows, rows = std::min(rows + 13, 200 - y)) {
      auto* first = const_cast<std::byte*>(image.row<std::byte>(y));
      jpeg.take(Image(image.block(), first, image.stride(), {123, rows}, image.type(), image.encoding(), image.color_space()));
    }
    jpeg.finish();
    EXPECT_EQ(bytes_of(folder / "bands.jpg"), bytes_of(folder / "whole.jpg"));
  }
}

TEST_F(ImageFile, AJpegInBandsIsRefusedWhereAPictureIs) {
  const auto refused = [&](Size size, const std::vector<Size>& bands, PixelType type = PixelType::kU8, const SaveOptions& options = {}) {
    const std::string error = error_of([&] {
      BandedJpeg jpeg(folder / "a.jpg", size, options);
      for (Size band : bands) jpeg.take(image_of(band, type));
      jpeg.finish();
    });
    return error.substr(folder.string().size() + 1);
  };
  EXPECT_EQ(refused({8, 9}, {{8, 4}, {8, 4}}), "a.jpg: rows of the picture lack");
  EXPECT_EQ(refused({8, 9}, {}), "a.jpg: rows of the picture lack");
  EXPECT_EQ(refused({8, 9}, {{8, 4}, {8, 6}}), "a.jpg: a band of 8x6 pixels does not fit a picture of 8x9");
  EXPECT_EQ(refused({8, 9}, {{8, 4}, {7, 1}}), "a.jpg: a band of 7x1 pixels does not fit a picture of 8x9");
  EXPECT_EQ(refused({8, 9}, {{8, 9}}, PixelType::kU16), "a.jpg: a JPEG holds 8 bits, the picture has 16");
  EXPECT_EQ(refused({8, 9}, {{8, 9}}, PixelType::kU8, {.jpeg_quality = 101}), "a.jpg: JPEG quality 101, expected 1 to 100");
  EXPECT_EQ(files(), 0U);
  std::ofstream(folder / "a.jpg") << "mine";
  EXPECT_EQ(refused({8, 9}, {{8, 9}}), "a.jpg: exists already and is not to be overwritten");
  EXPECT_EQ(bytes_of(folder / "a.jpg"), "mine");
}

TEST_F(ImageFile, LabelsSayWhatTheNumbersMean) {
  const auto save = [&](Encoding encoding, ColorSpace space) {
    for (const char* name : {"a.png", "a.tif", "a.jpg"}) {
      save_image(image_of({8, 8}, PixelType::kU8, encoding, space), folder / name, {.overwrite = Overwrite::kYes});
    }
  };
  save(Encoding::kSrgb, ColorSpace::kSrgb);
  EXPECT_TRUE(read_png(folder / "a.png").srgb_chunk);
  EXPECT_GT(read_tiff(folder / "a.tif").icc.size(), 128U);
  EXPECT_EQ(read_tiff(folder / "a.tif").icc, read_jpeg(folder / "a.jpg").icc);
  const std::vector<unsigned char> icc = read_tiff(folder / "a.tif").icc;
  EXPECT_EQ(std::string(icc.begin() + 36, icc.begin() + 40), "acsp") << "the signature of ICC profiles";

  for (const auto& [encoding, space] : {std::pair(Encoding::kLinear, ColorSpace::kSrgb), std::pair(Encoding::kSrgb, ColorSpace::kCamera),
                                        std::pair(Encoding::kLinear, ColorSpace::kCamera)}) {
    save(encoding, space);
    EXPECT_FALSE(read_png(folder / "a.png").srgb_chunk);
    EXPECT_TRUE(read_tiff(folder / "a.tif").icc.empty());
    EXPECT_TRUE(read_jpeg(folder / "a.jpg").icc.empty());
  }
}

TEST_F(ImageFile, EverySpaceBringsItsProfile) {
  for (const ColorSpace space : {ColorSpace::kDisplayP3, ColorSpace::kRec2020}) {
    for (const char* name : {"a.png", "a.tif", "a.jpg"}) {
      save_image(image_of({8, 8}, PixelType::kU8, Encoding::kSrgb, space), folder / name, {.overwrite = Overwrite::kYes});
    }
    const Picture png = read_png(folder / "a.png");
    EXPECT_EQ(png.icc, icc_profile_of(space));
    EXPECT_FALSE(png.srgb_chunk);
    EXPECT_EQ(read_tiff(folder / "a.tif").icc, icc_profile_of(space));
    EXPECT_EQ(read_jpeg(folder / "a.jpg").icc, icc_profile_of(space));
  }
  const Image pq = image_of({8, 8}, PixelType::kU16, Encoding::kSrgb, ColorSpace::kRec2100Pq);
  save_image(pq, folder / "pq.png");
  EXPECT_EQ(read_png(folder / "pq.png").icc, icc_profile_of(ColorSpace::kRec2100Pq));
  EXPECT_EQ(read_png(folder / "pq.png").samples, samples_of(pq));
  std::ifstream file(folder / "pq.png", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_NE(bytes.find(std::string("\0\0\0\4cICP\x9\x10\0\1", 12)), std::string::npos);
  EXPECT_LT(bytes.find("cICP"), bytes.find("IDAT"));
  EXPECT_THROW(save_image(image_of({8, 8}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kRec2100Pq), folder / "pq8.png"), Error);
}

TEST_F(ImageFile, ExifTellsOfTheCapture) {
  const RawFrame raw = frame();
  const Image image = image_of({20, 10}, PixelType::kU8);
  save_image(image, folder / "a.png", {}, &raw);
  save_image(image, folder / "a.jpg", {}, &raw);
  std::vector<Picture> pictures{read_jpeg(folder / "a.jpg")};
#ifdef PNG_eXIf_SUPPORTED
  pictures.push_back(read_png(folder / "a.png"));
#endif
  for (const Picture& picture : pictures) {
    ASSERT_FALSE(picture.exif.empty());
    EXPECT_EQ(exif_text(picture, EXIF_IFD_0, EXIF_TAG_MAKE), "Kanon");
    EXPECT_EQ(exif_text(picture, EXIF_IFD_0, EXIF_TAG_MODEL), "X 1");
    EXPECT_EQ(exif_text(picture, EXIF_IFD_0, EXIF_TAG_ORIENTATION), "Top-left") << "1: baked into the pixels";
    EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_EXPOSURE_TIME), "1/125 sec.");
    EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_FNUMBER), "f/5.6");
    EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_ISO_SPEED_RATINGS), "400");
    EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_FOCAL_LENGTH), "42.5 mm");
    EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL), "2024:02:29 23:59:58");
    EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_COLOR_SPACE), "sRGB");
    EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_PIXEL_X_DIMENSION), "20");
  }
}

TEST_F(ImageFile, TiffTellsOfTheCapture) {
  const RawFrame raw = frame();
  const Image image = image_of({20, 10}, PixelType::kU16);
  save_image(image, folder / "a.tif", {}, &raw);
  EXPECT_EQ(read_tiff(folder / "a.tif").samples, samples_of(image));
  const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen((folder / "a.tif").c_str(), "r"), TIFFClose);
  const char* text = nullptr;
  ASSERT_EQ(TIFFGetField(tiff.get(), TIFFTAG_MAKE, &text), 1);
  EXPECT_STREQ(text, "Kanon");
  ASSERT_EQ(TIFFGetField(tiff.get(), TIFFTAG_MODEL, &text), 1);
  EXPECT_STREQ(text, "X 1");
  ASSERT_EQ(TIFFGetField(tiff.get(), TIFFTAG_DATETIME, &text), 1);
  EXPECT_STREQ(text, "2024:02:29 23:59:58");
  EXPECT_EQ(TIFFNumberOfDirectories(tiff.get()), 1);
  std::uint64_t offset = 0;
  ASSERT_EQ(TIFFGetField(tiff.get(), TIFFTAG_EXIFIFD, &offset), 1);
  ASSERT_EQ(TIFFReadEXIFDirectory(tiff.get(), offset), 1);
  float exposure = 0, f_number = 0, focal_length = 0;
  std::uint16_t count = 0, *iso = nullptr;
  ASSERT_EQ(TIFFGetField(tiff.get(), EXIFTAG_EXPOSURETIME, &exposure), 1);
  ASSERT_EQ(TIFFGetField(tiff.get(), EXIFTAG_FNUMBER, &f_number), 1);
  ASSERT_EQ(TIFFGetField(tiff.get(), EXIFTAG_FOCALLENGTH, &focal_length), 1);
  ASSERT_EQ(TIFFGetField(tiff.get(), EXIFTAG_ISOSPEEDRATINGS, &count, &iso), 1);
  EXPECT_FLOAT_EQ(exposure, 0.008f);
  EXPECT_FLOAT_EQ(f_number, 5.6f);
  EXPECT_FLOAT_EQ(focal_length, 42.5f);
  ASSERT_EQ(count, 1);
  EXPECT_EQ(iso[0], 400);
}

TEST_F(ImageFile, WhatIsNotKnownIsNotSaid) {
  const RawFrame unknown;
  const Image image = image_of({8, 8}, PixelType::kU8, Encoding::kLinear, ColorSpace::kCamera);
  save_image(image, folder / "a.jpg", {}, &unknown);
  const Picture picture = read_jpeg(folder / "a.jpg");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_0, EXIF_TAG_MAKE), "");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_EXPOSURE_TIME), "");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_FNUMBER), "");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_ISO_SPEED_RATINGS), "");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL), "");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_COLOR_SPACE), "Uncalibrated");
  save_image(image, folder / "b.jpg");
  EXPECT_TRUE(read_jpeg(folder / "b.jpg").exif.empty());
}

TEST_F(ImageFile, HostileLabelsStayPrintableAndShort) {
  RawFrame raw = frame();
  raw.sensor.make = std::string(100'000, 'm');
  raw.sensor.model = "a\x1b[2J\n";
  raw.capture.time = "yesterday";
  raw.applied.settings = {Microseconds(1e30), 1e30f, 0};
  for (const char* name : {"a.jpg", "a.png", "a.tif"}) save_image(image_of({4, 4}, PixelType::kU8), folder / name, {}, &raw);
  const Picture picture = read_jpeg(folder / "a.jpg");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_0, EXIF_TAG_MAKE), std::string(64, 'm'));
  EXPECT_EQ(exif_text(picture, EXIF_IFD_0, EXIF_TAG_MODEL), "a?[2J?");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_0, EXIF_TAG_DATE_TIME), "");
  EXPECT_EQ(exif_text(picture, EXIF_IFD_EXIF, EXIF_TAG_EXPOSURE_TIME), "");
}

TEST_F(ImageFile, SamePictureIsTheSameFile) {
  const RawFrame raw = frame();
  const Image image = image_of({100, 80}, PixelType::kU8);
  for (const char* extension : {".png", ".tif", ".jpg"}) {
    const fs::path a = folder / (std::string("a") + extension), b = folder / (std::string("b") + extension);
    save_image(image, a, {}, &raw);
    save_image(image, b, {}, &raw);
    EXPECT_EQ(bytes_of(a), bytes_of(b)) << extension;
  }
  // lcms2 puts the time of day into its profiles: bytes 24 to 35.
  EXPECT_EQ(read_jpeg(folder / "a.jpg").icc[25], 0xd0);
  EXPECT_EQ(read_jpeg(folder / "a.jpg").icc[29], 1);
}

TEST_F(ImageFile, ExistingFilesAreKeptUnlessToldOtherwise) {
  const fs::path path = folder / "a.png";
  std::ofstream(path) << "precious";
  const Image image = image_of({8, 8}, PixelType::kU8);
  EXPECT_EQ(error_of([&] { save_image(image, path); }), path.string() + ": exists already and is not to be overwritten");
  EXPECT_EQ(bytes_of(path), "precious");
  EXPECT_EQ(files(), 1U);
  save_image(image, path, {.overwrite = Overwrite::kYes});
  EXPECT_EQ(read_png(path).samples, samples_of(image));
  EXPECT_EQ(files(), 1U);
}

TEST_F(ImageFile, OfManyWritersOneWins) {
  const Image image = image_of({64, 64}, PixelType::kU8);
  for (int round = 0; round < 20; round++) {
    const fs::path path = folder / (std::to_string(round) + ".png");
    std::vector<int> won(4, 0);
    std::vector<std::thread> threads;
    for (int& mine : won) {
      threads.emplace_back([&] { mine = error_of([&] { save_image(image, path); }) == "no error"; });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(won[0] + won[1] + won[2] + won[3], 1);
    EXPECT_EQ(read_png(path).samples, samples_of(image));
  }
  EXPECT_EQ(files(), 20U);
}

TEST_F(ImageFile, LinksAndDevicesStayWhatTheyAre) {
  const Image image = image_of({8, 8}, PixelType::kU8);
  std::ofstream(folder / "real.png") << "old";
  fs::create_symlink("real.png", folder / "link.png");
  save_image(image, folder / "link.png", {.overwrite = Overwrite::kYes});
  EXPECT_TRUE(fs::is_symlink(folder / "link.png"));
  EXPECT_EQ(read_png(folder / "real.png").samples, samples_of(image));
  fs::create_symlink("nowhere.png", folder / "dangling.png");
  EXPECT_THROW(save_image(image, folder / "dangling.png"), Error);
  ASSERT_EQ(::mkfifo((folder / "pipe.png").c_str(), 0600), 0);
  const std::string error = error_of([&] { save_image(image, folder / "pipe.png", {.overwrite = Overwrite::kYes}); });
  EXPECT_EQ(error, (folder / "pipe.png").string() + ": exists and is not a plain file");
}

TEST_F(ImageFile, RefusesWhatAFormatCannotHold) {
  const auto refused = [&](const Image& image, const char* name, const SaveOptions& options = {}) {
    return error_of([&] { save_image(image, folder / name, options); }).substr(folder.string().size() + 1);
  };
  EXPECT_EQ(refused(image_of({4, 4}, PixelType::kU16), "a.jpg"), "a.jpg: a JPEG holds 8 bits, the picture has 16");
  EXPECT_EQ(refused(image_of({4, 4}, PixelType::kF32), "a.tif"), "a.tif: holds no floating point samples, expected 8 or 16 bits");
  EXPECT_EQ(refused(Image(), "a.png"), "a.png: there is no picture to write");
  EXPECT_EQ(refused(image_of({4, 4}, PixelType::kU8), "a.gif"),
            "a.gif: unknown extension \".gif\", expected .png, .tif, .tiff, .jpg, .jpeg, .exr or .y4m");
  EXPECT_EQ(refused(image_of({4, 4}, PixelType::kU8), "a.jpg", {.jpeg_quality = 0}), "a.jpg: JPEG quality 0, expected 1 to 100");
  EXPECT_EQ(refused(image_of({70'000, 1}, PixelType::kU8), "a.jpg"), "a.jpg: 70000x1 pixels, a JPEG holds at most 65500 a side");
  EXPECT_EQ(files(), 0U);
}

TEST_F(ImageFile, UnwritableTargetsAreErrors) {
  const Image image = image_of({8, 8}, PixelType::kU8);
  fs::create_directory(folder / "a.png");
  std::ofstream(folder / "file") << "x";
  EXPECT_EQ(error_of([&] { save_image(image, folder / "a.png", {.overwrite = Overwrite::kYes}); }),
            (folder / "a.png").string() + ": is a folder");
  EXPECT_EQ(error_of([&] { save_image(image, folder / "no" / "a.png"); }), (folder / "no/a.png").string() + ": the folder does not exist");
  EXPECT_EQ(error_of([&] { save_image(image, folder / "file" / "a.png"); }), (folder / "file/a.png").string() + ": not a directory");
  EXPECT_EQ(files(), 2U);
}

TEST_F(ImageFile, FoldersWithoutPermissionAreErrors) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  fs::create_directory(folder / "closed");
  fs::permissions(folder / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  const Image image = image_of({8, 8}, PixelType::kU8);
  EXPECT_EQ(error_of([&] { save_image(image, folder / "closed/a.png"); }), (folder / "closed/a.png").string() + ": permission denied");
}

TEST_F(ImageFile, AFullDiskIsAnErrorAndLeavesNothing) {
  const fs::path disk = folder / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "needs the right to mount a small disk: " << std::strerror(errno);
  const RawFrame raw = frame();
  for (const char* name : {"a.png", "a.tif", "a.jpg"}) {
    EXPECT_EQ(error_of([&] {
                save_image(image_of({800, 700}, PixelType::kU8), disk / name, {.jpeg_quality = 100}, &raw);
              }),
              (disk / name).string() + ": no space left on device");
    EXPECT_TRUE(fs::is_empty(disk)) << name;
    std::ofstream(disk / name) << "precious";
    EXPECT_THROW(save_image(image_of({800, 700}, PixelType::kU8), disk / name, {.jpeg_quality = 100, .overwrite = Overwrite::kYes}), Error);
    EXPECT_EQ(bytes_of(disk / name), "precious");
    fs::remove(disk / name);
  }
  save_image(image_of({20, 20}, PixelType::kU8), disk / "small.png");
  EXPECT_EQ(read_png(disk / "small.png").size, (Size{20, 20}));
  ::umount(disk.c_str());
}

}  // namespace
}  // namespace argent
