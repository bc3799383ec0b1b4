// What every section of the front desk's page shares: who it is, how it says times and names, how one leads to another.

import { words } from '../lib/i18n.js';
import { clinicTimes } from '../ui/clinic-times.js';
import { t } from '../ui/page.js';
import { patientName, roleOf } from '../ui/roles.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/shown.js').Clash} Clash */
/** @typedef {{ kind: 'practitioner' | 'type' | 'link', id: string }} Setting `id`: of the practitioner or type, or the external name to link */

export class Desk {
  /** @param {import('../lib/api.js').Api} api @param {import('../lib/shown.js').Clinic} clinic */
  constructor(api, clinic) {
    this.api = api;
    this.clinic = clinic;
    this.times = clinicTimes(clinic.time_zone);
    /** By id, once they were listed. @type {Map<string, string>} */
    this.names = new Map();
    this.practitionerName = (/** @type {string} */ id) => this.names.get(id) ?? id;
    /** Sections that show appointments, and load anew after an act. @type {(() => void)[]} */
    this.lists = [];
    /** Set by the page once all sections are there. @type {(setting: Setting) => void} */
    this.openSetting = () => {};
    /** A setting was put right: what follows from it is watched. @type {() => void} */
    this.watchBackfill = () => {};
  }

  /** Something was done: whatever shows appointments looks again. */
  changed() {
    for (const list of this.lists) list();
  }

  /** @param {Pick<Appointment | Clash, 'practitioner' | 'practitioner_name'>} appointment */
  practitionerOf({ practitioner, practitioner_name: name }) {
    return words(name ?? practitioner);
  }

  /** @param {Appointment | Clash} appointment */
  patientOf(appointment) {
    return patientName(appointment);
  }

  /** Which one is meant, in a question about it. @param {Appointment | Clash} appointment */
  about(appointment) {
    return words(`${this.patientOf(appointment)} · ${t('desk.with', { practitioner: this.practitionerOf(appointment) })} · ${this.times.span(appointment)}`);
  }

  /** A person on an appointment, by name where there is one. @param {string} person @param {string | null} name @returns {Text} */
  personOf(person, name) {
    return name === null ? roleOf(person) : words(name);
  }
}
