#include "control/xcap/schemas/schemas.hpp"

namespace stirline::control::schemas {

const std::string_view kCommonPolicy = R"xsd(<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:cp="urn:ietf:params:xml:ns:common-policy"
           targetNamespace="urn:ietf:params:xml:ns:common-policy" elementFormDefault="qualified">

  <xs:element name="ruleset">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="rule" type="cp:rule" minOccurs="0" maxOccurs="unbounded"/>
      </xs:sequence>
      <xs:anyAttribute namespace="##other" processContents="lax"/>
    </xs:complexType>
  </xs:element>

  <xs:complexType name="rule">
    <xs:sequence>
      <xs:element name="conditions" type="cp:conditions" minOccurs="0"/>
      <xs:element name="actions" type="cp:extensions" minOccurs="0"/>
      <xs:element name="transformations" type="cp:extensions" minOccurs="0"/>
    </xs:sequence>
    <xs:attribute name="id" type="xs:NCName" use="required"/>
    <xs:anyAttribute namespace="##other" processContents="lax"/>
  </xs:complexType>

  <xs:complexType name="conditions">
    <xs:choice minOccurs="0" maxOccurs="unbounded">
      <xs:element name="identity" type="cp:identity"/>
      <xs:element name="sphere" type="cp:sphere"/>
      <xs:element name="validity" type="cp:validity"/>
      <xs:any namespace="##other" processContents="lax"/>
    </xs:choice>
  </xs:complexType>

  <xs:complexType name="extensions">
    <xs:sequence>
      <xs:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
  </xs:complexType>

  <xs:complexType name="identity">
    <xs:choice maxOccurs="unbounded">
      <xs:element name="one" type="cp:one"/>
      <xs:element name="many" type="cp:many"/>
      <xs:any namespace="##other" processContents="lax"/>
    </xs:choice>
  </xs:complexType>

  <xs:complexType name="one">
    <xs:sequence>
      <xs:any namespace="##other" processContents="lax" minOccurs="0"/>
    </xs:sequence>
    <xs:attribute name="id" type="xs:anyURI" use="required"/>
  </xs:complexType>

  <xs:complexType name="many">
    <xs:choice minOccurs="0" maxOccurs="unbounded">
      <xs:element name="except" type="cp:except"/>
      <xs:any namespace="##other" processContents="lax"/>
    </xs:choice>
    <xs:attribute name="domain" type="xs:string"/>
  </xs:complexType>

  <xs:complexType name="except">
    <xs:attribute name="domain" type="xs:string"/>
    <xs:attribute name="id" type="xs:anyURI"/>
  </xs:complexType>

  <xs:complexType name="sphere">
    <xs:attribute name="value" type="xs:string" use="required"/>
  </xs:complexType>

  <xs:complexType name="validity">
    <xs:sequence maxOccurs="unbounded">
      <xs:element name="from" type="xs:dateTime"/>
      <xs:element name="until" type="xs:dateTime"/>
    </xs:sequence>
  </xs:complexType>
</xs:schema>
)xsd";

}  // namespace stirline::control::schemas
