// JsonWriter: a JSON document, member by member.
// Spec: RFC 8259.
//
//     JsonWriter json;
//     json.begin_object();
//     json.member("file", name);
//     json.key("sizes");
//     json.begin_array(); json.value(7); json.end_array();
//     json.end_object();
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wasmi::tool {

class JsonWriter {
  public:
    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);

    /// Escaped; what is not UTF-8 (names of files may be anything) becomes U+FFFD.
    void value(std::string_view text);
    void value(const char* text) { value(std::string_view(text)); }
    void value(std::uint64_t number);
    void value(std::uint32_t number) { value(std::uint64_t{number}); }
    void value(bool truth);
    void null();
    /// In plain decimal notation with that many digits after the point.
    void fixed(double number, int digits);

    template <class T>
    void member(std::string_view name, const T& v) {
        key(name);
        value(v);
    }
    template <class T>
    void member(std::string_view name, const std::optional<T>& v) {
        key(name);
        if (v) {
            value(*v);
        } else {
            null();
        }
    }

    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    void separate();
    void open(char bracket);
    void close(char bracket);

    std::string text_;
    bool first_ = true;  ///< of its list
    bool after_key_ = false;
};

}  // namespace wasmi::tool
