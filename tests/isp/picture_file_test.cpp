#include "isp/io/picture_file.h"

#include <gtest/gtest.h>
#include <lcms2.h>
#include <tiffio.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "isp/io/icc_profile.h"
#include "isp/io/image_file.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

class PictureFile : public testing::Test {
 protected:
  PictureFile() : folder(fs::temp_directory_path() / ("picture_file_" + std::to_string(::getpid()))) { fs::create_directories(folder); }
  ~PictureFile() override { fs::remove_all(folder); }

  Image image_of(Size size, PixelType type, Encoding encoding = Encoding::kSrgb) {
    Image image(pool, size, type, encoding, ColorSpace::kSrgb);
    for (int y = 0; y < size.height; y++) {
      for (int i = 0; i < size.width * 3; i++) {
        const int value = (7 * i + 31 * y) % 251;
        if (type == PixelType::kU8) image.row<std::uint8_t>(y)[i] = static_cast<std::uint8_t>(value);
        if (type == PixelType::kU16) image.row<std::uint16_t>(y)[i] = static_cast<std::uint16_t>(259 * value);
        if (type == PixelType::kF32) image.row<float>(y)[i] = static_cast<float>(value) / 64 - 0.25f;
      }
    }
    return image;
  }

  fs::path write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
    return folder / name;
  }

  static std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  static std::string error_of(const fs::path& path) {
    try {
      load_picture(path);
    } catch (const Error& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with(path.string() + ": ")) << error.what();
      return error.what();
    }
    return {};
  }

  BufferPool pool;
  fs::path folder;
};

template <class T>
void expect_equal(const Image& a, const Image& b) {
  ASSERT_EQ(a.size(), b.size());
  ASSERT_EQ(a.type(), b.type());
  for (int y = 0; y < a.height(); y++) {
    for (int i = 0; i < a.width() * 3; i++) ASSERT_EQ(a.row<T>(y)[i], b.row<T>(y)[i]) << i << ' ' << y;
  }
}

constexpr Size kSizes[]{{1, 1}, {2, 2}, {3, 5}, {64, 48}, {101, 7}};

TEST_F(PictureFile, ReadsBackWhatWasWritten) {
  for (const Size size : kSizes) {
    for (const char* name : {"a.png", "a.tiff"}) {
      for (const PixelType type : {PixelType::kU8, PixelType::kU16}) {
        const Image image = image_of(size, type);
        save_image(image, folder / name, {.overwrite = Overwrite::kYes});
        const LoadedPicture loaded = load_picture(folder / name);
        EXPECT_EQ(loaded.image.encoding(), Encoding::kSrgb);
        if (type == PixelType::kU8) expect_equal<std::uint8_t>(loaded.image, image);
        if (type == PixelType::kU16) expect_equal<std::uint16_t>(loaded.image, image);
      }
    }
    const Image light = image_of(size, PixelType::kF32, Encoding::kLinear);
    save_image(light, folder / "a.exr", {.overwrite = Overwrite::kYes, .exr = ExrSample::kFloat});
    expect_equal<float>(load_picture(folder / "a.exr").image, light);
  }
}

TEST_F(PictureFile, ReadsJpegAndItsProfile) {
  Image grey(pool, {40, 30}, PixelType::kU8, Encoding::kSrgb, ColorSpace::kSrgb);
  for (int y = 0; y < 30; y++) std::memset(grey.row<char>(y), 90, 120);
  save_image(grey, folder / "a.jpg");
  const LoadedPicture loaded = load_picture(folder / "a.jpg");
  expect_equal<std::uint8_t>(loaded.image, grey);
  EXPECT_EQ(loaded.icc_profile, icc_profile_of(ColorSpace::kSrgb));
}

TEST_F(PictureFile, LinearLightIsWhatTheFileSays) {
  save_image(image_of({4, 4}, PixelType::kU16, Encoding::kLinear), folder / "linear.png");
  EXPECT_EQ(load_picture(folder / "linear.png").image.encoding(), Encoding::kLinear);
}

TEST_F(PictureFile, NetpbmAndItsFloats) {
  const Image small = load_picture(write("a.ppm", "P6\n# by hand\n2 1\n255\nabcdef")).image;
  EXPECT_EQ(std::string(small.row<char>(0), 6), "abcdef");
  const Image grey = load_picture(write("a.pgm", std::string("P5 2 1 1023\n\x03\xff\0\1", 16))).image;
  EXPECT_EQ(grey.row<std::uint16_t>(0)[0], 65535);
  EXPECT_EQ(grey.row<std::uint16_t>(0)[2], 65535) << "grey is repeated";
  EXPECT_EQ(grey.row<std::uint16_t>(0)[3], 64);
  const float values[]{1.5f, -2.0f};
  std::string floats = "Pf 1 2 -1.0\n";
  floats.append(reinterpret_cast<const char*>(values), 8);
  const Image pfm = load_picture(write("a.pfm", floats)).image;
  EXPECT_EQ(pfm.row<float>(0)[0], -2.0f) << "rows come from below";
  EXPECT_EQ(pfm.row<float>(1)[2], 1.5f);
  EXPECT_EQ(pfm.encoding(), Encoding::kLinear);
}

/// A TIFF that `set` describes, of one strip of these bytes.
void write_tiff_of(const fs::path& path, const std::string& pixels, const std::function<void(TIFF*)>& set) {
  const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen(path.c_str(), "w"), TIFFClose);
  TIFFSetField(tiff.get(), TIFFTAG_IMAGEWIDTH, 2);
  TIFFSetField(tiff.get(), TIFFTAG_IMAGELENGTH, 2);
  TIFFSetField(tiff.get(), TIFFTAG_ROWSPERSTRIP, 2);
  TIFFSetField(tiff.get(), TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff.get(), TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
  TIFFSetField(tiff.get(), TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  set(tiff.get());
  const auto strips = TIFFNumberOfStrips(tiff.get());
  const std::size_t each = pixels.size() / strips;
  for (std::uint32_t i = 0; i < strips; i++) {
    std::string strip = pixels.substr(i * each, each);
    TIFFWriteEncodedStrip(tiff.get(), i, strip.data(), static_cast<tmsize_t>(strip.size()));
  }
}

TEST_F(PictureFile, TiffsOfManyKinds) {
  const auto samples = [&](const std::string& pixels, const std::function<void(TIFF*)>& set) {
    write_tiff_of(folder / "a.tif", pixels, set);
    const Image image = load_picture(folder / "a.tif").image;
    std::string out;
    for (int y = 0; y < image.height(); y++) out.append(image.row<char>(y), static_cast<std::size_t>(image.width()) * 3);
    return out;
  };
  EXPECT_EQ(samples("abcd", [](TIFF*) {}), "aaabbbcccddd");
  EXPECT_EQ(samples("abcd", [](TIFF* t) { TIFFSetField(t, TIFFTAG_ORIENTATION, ORIENTATION_BOTLEFT); }), "cccdddaaabbb");
  EXPECT_EQ(samples(std::string("\xff\xfe\xfd\xfc"), [](TIFF* t) { TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE); }),
            std::string("\0\0\0\1\1\1\2\2\2\3\3\3", 12));
  EXPECT_EQ(samples("abcxdefxghixjklx",
                    [](TIFF* t) {
                      TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 4);
                      TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
                      TIFFSetField(t, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
                    }),
            "abcdefghijkl")
      << "alpha is left out";
  EXPECT_EQ(samples("adgjbehkcfil",
                    [](TIFF* t) {
                      TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 3);
                      TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
                      TIFFSetField(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_SEPARATE);
                    }),
            "abcdefghijkl");
  write_tiff_of(folder / "cmyk.tif", "abcdefghijklmnop", [](TIFF* t) {
    TIFFSetField(t, TIFFTAG_SAMPLESPERPIXEL, 4);
    TIFFSetField(t, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_SEPARATED);
  });
  EXPECT_NE(error_of(folder / "cmyk.tif").find("expected RGB or grey"), std::string::npos);
}

TEST_F(PictureFile, WhatIsCutOffIsAnError) {
  const Image image = image_of({64, 48}, PixelType::kU8);
  for (const char* name : {"a.png", "a.tiff", "a.jpg"}) {
    save_image(image, folder / name);
    const std::string whole = bytes_of(folder / name);
    for (const double part : {0.1, 0.3, 0.5, 0.8, 0.99}) {
      EXPECT_NE(error_of(write("cut", whole.substr(0, static_cast<std::size_t>(part * static_cast<double>(whole.size()))))), "")
          << name << part;
    }
  }
  EXPECT_NE(error_of(write("cut.ppm", "P6 2 2 255\nabcdef")), "");
  EXPECT_NE(error_of(write("cut.ppm", "P6 2 2 255")), "");
  EXPECT_NE(error_of(write("cut.ppm", "P6 2")), "");
}

TEST_F(PictureFile, WhatLiesIsAnError) {
  EXPECT_NE(error_of(folder / "none.png").find("no such file"), std::string::npos);
  EXPECT_NE(error_of(folder).find("is not a file"), std::string::npos);
  EXPECT_NE(error_of(write("x", "hello")).find("no picture that is known"), std::string::npos);
  EXPECT_NE(error_of(write("x", "")), "");
  EXPECT_NE(error_of(write("x", "P6 100000 100000 255\nabc")).find("pixels"), std::string::npos);
  EXPECT_NE(error_of(write("x", "P6 4000 4000 255\nabc")).find("cannot be in"), std::string::npos);
  EXPECT_NE(error_of(write("x", "P6 -1 1 255\nabc")), "");
  EXPECT_NE(error_of(write("x", "P6 1 1 0\nabc")), "");
  EXPECT_NE(error_of(write("x", "P6 1 1 70000\nabcdef")), "");
  EXPECT_NE(error_of(write("x", "P6 1 1 100\n\xff\xff\xff")).find("above its maximum"), std::string::npos);
  EXPECT_NE(error_of(write("x", "P6 1 1 " + std::string(5000, '1'))), "");
  // The size in a header is changed: neither memory nor pixels are believed in.
  save_image(image_of({64, 48}, PixelType::kU8), folder / "a.jpg");
  std::string jpeg = bytes_of(folder / "a.jpg");
  const std::size_t frame = jpeg.find("\xff\xc0");
  jpeg.replace(frame + 5, 4, "\xff\xff\xff\xff");
  EXPECT_NE(error_of(write("x", jpeg)).find("pixels"), std::string::npos);
}

TEST_F(PictureFile, DamageNeverCrashes) {
  const Image image = image_of({33, 21}, PixelType::kU8);
  for (const char* name : {"a.png", "a.tiff", "a.jpg"}) {
    save_image(image, folder / name);
    const std::string whole = bytes_of(folder / name);
    unsigned state = 1;
    for (int trial = 0; trial < 150; trial++) {
      std::string damaged = whole;
      for (int i = 0; i < 3; i++) {
        state = state * 1664525u + 1013904223u;
        damaged[(state >> 8) % (trial % 2 == 0 ? damaged.size() : std::min<std::size_t>(damaged.size(), 200))] =
            static_cast<char>(state >> 24);
      }
      error_of(write("damaged", damaged));  // an Error or a picture
    }
  }
}

// ---- profiles ----------------------------------------------------------------------------------------------------------------------

std::vector<unsigned char> profile_bytes(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  std::vector<unsigned char> bytes(size);
  cmsSaveProfileToMem(profile, bytes.data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

TEST_F(PictureFile, ProfilesAreConverted) {
  // Twice as much green light as sRGB's codes say: a profile of sRGB's primaries and a gamma of 1.
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
  cmsToneCurve* line = cmsBuildGamma(nullptr, 1);
  cmsToneCurve* curves[]{line, line, line};
  const std::vector<unsigned char> linear = profile_bytes(cmsCreateRGBProfile(&white, &primaries, curves));
  cmsFreeToneCurve(line);
  Image image(pool, {1, 1}, PixelType::kU16, Encoding::kSrgb, ColorSpace::kSrgb);
  const std::uint16_t codes[]{65535, 14026, 0};  // 0.21404 is sRGB's 0.5
  std::memcpy(image.data(), codes, sizeof codes);
  const Image converted = to_srgb(image, linear, pool);
  EXPECT_NEAR(converted.row<float>(0)[0], 1, 2e-3);
  EXPECT_NEAR(converted.row<float>(0)[1], 0.5, 2e-3);
  EXPECT_NEAR(converted.row<float>(0)[2], 0, 2e-3);

  const Image same = to_srgb(image, icc_profile_of(ColorSpace::kSrgb), pool);
  EXPECT_NEAR(same.row<float>(0)[1], 14026 / 65535.0, 1e-4);
  EXPECT_EQ(icc_profile_name(icc_profile_of(ColorSpace::kSrgb)), "sRGB built-in");
}

TEST_F(PictureFile, ProfilesThatAreNoneAreErrors) {
  const Image image = image_of({2, 2}, PixelType::kU8);
  const std::vector<unsigned char> nonsense(200, 7), lab = profile_bytes(cmsCreateLab4Profile(nullptr));
  EXPECT_THROW(to_srgb(image, nonsense, pool), Error);
  EXPECT_THROW(to_srgb(image, lab, pool), Error);
  EXPECT_EQ(icc_profile_name(nonsense), "");
}

}  // namespace
}  // namespace argent
